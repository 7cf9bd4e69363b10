import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useId, useState } from 'react';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { type Answer, ask } from '../data/api.ts';
import { yuan } from '../data/format.ts';
import { useText } from '../data/language.tsx';
import { catalogue } from '../data/queries.ts';
import type { Verified } from '../data/verify-register.ts';
import { Failed, Page, Table, Waiting } from '../design/parts.tsx';
import { YearFilter } from '../design/year-filter.tsx';
import { RegisterCharts } from './register-charts.tsx';

type Entry = Answer<'GET /v1/register'>['items'][number];

const events: Readonly<Record<Entry['event'], Bilingual>> = {
  ordered: { zh: '下达', en: 'Ordered' },
  paid: { zh: '拨付', en: 'Paid' },
  returned: { zh: '银行退回', en: 'Returned' },
  recovered: { zh: '追回', en: 'Recovered' },
};

/** The register of awards, which every browser can verify by itself. */
export function Register() {
  const t = useText();
  const search = useSearch({ from: '/register' });
  const navigate = useNavigate({ from: '/register' });
  const year = Number(search.year) || new Date().getFullYear();
  const { q, clause, district } = search;
  const laws = useQuery(catalogue);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['register', year, q, clause, district],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam }) =>
      (
        await ask('GET /v1/register', {
          query: {
            ...{ year, limit: 100 },
            ...(q && { q }),
            ...(clause && { clause }),
            ...(district && { district }),
            ...(pageParam && { cursor: pageParam }),
          },
        })
      ).body,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const entries = data?.pages.flatMap(({ items }) => items) ?? [];
  const set = (values: Readonly<Record<string, string | undefined>>) =>
    void navigate({ search: (now) => ({ ...now, ...values }), replace: true, resetScroll: false });
  const nameOfDistrict = (code: string, otherwise = code) =>
    t(laws.data?.districts.find((one) => one.code === code)?.name ?? { zh: otherwise, en: code });
  return (
    <Page title={{ zh: '奖补登记簿', en: 'Register of awards' }}>
      <p>
        {t({
          zh: '每一笔下达、拨付、退回和追回逐笔登记，登记后不再改动。每天公布一个根哈希，即由截至当天的全部登记算出的一串校验码：哪怕改动一笔，它也会不同。',
          en: 'Every order, payment, return and recovery stands here for good. A root hash is published every day, a code that is computed from all entries up to then: it would differ if one of them were changed.',
        })}
      </p>
      <search className="filter">
        <YearFilter year={year} choose={(chosen) => set({ year: chosen })} />
        <div>
          <label htmlFor="q">{t({ zh: '单位名称', en: 'Name of the unit' })}</label>
          <input
            id="q"
            type="search"
            value={q ?? ''}
            onChange={({ target }) => set({ q: target.value || undefined })}
          />
        </div>
        <div>
          <label htmlFor="clause">{t({ zh: '条款', en: 'Clause' })}</label>
          <select
            id="clause"
            value={clause ?? ''}
            onChange={({ target }) => set({ clause: target.value || undefined })}
          >
            <option value="">{t({ zh: '全部', en: 'All' })}</option>
            {[
              ...new Set(
                laws.data?.measures.flatMap(({ items }) =>
                  items.flatMap(({ parts }) => parts.map((part) => part.clause)),
                ),
              ),
            ].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        </div>
        <div>
          <label htmlFor="district">{t({ zh: '区', en: 'District' })}</label>
          <select
            id="district"
            value={district ?? ''}
            onChange={({ target }) => set({ district: target.value || undefined })}
          >
            <option value="">{t({ zh: '全部', en: 'All' })}</option>
            {laws.data?.districts.map(({ code, name }) => (
              <option key={code} value={code}>
                {t(name)}
              </option>
            ))}
          </select>
        </div>
      </search>
      <Verification year={year} />
      <RegisterCharts year={year} clause={clause} district={district} nameOf={nameOfDistrict} />
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && entries.length === 0 && !hasNextPage && (
        <p role="status">{t({ zh: '没有符合条件的登记。', en: 'There is no such entry.' })}</p>
      )}
      {entries.length > 0 && (
        <Table
          caption={t({ zh: `${year} 年登记（最新在前）`, en: `Entries of ${year}, newest first` })}
          head={[
            { title: t({ zh: '日期', en: 'Day' }) },
            { title: t({ zh: '单位', en: 'Unit' }) },
            { title: t({ zh: '条款', en: 'Clause' }) },
            { title: t({ zh: '区', en: 'District' }) },
            { title: t({ zh: '事件', en: 'Event' }) },
            { title: t({ zh: '金额（元）', en: 'Amount (CNY)' }), isNumber: true },
          ]}
        >
          {entries.map((entry) => (
            <tr key={entry.hash}>
              <td data-label={t({ zh: '日期', en: 'Day' })}>{entry.day}</td>
              <th scope="row">{entry.organisationName}</th>
              <td data-label={t({ zh: '条款', en: 'Clause' })}>{entry.clause}</td>
              <td data-label={t({ zh: '区', en: 'District' })}>
                {nameOfDistrict(entry.district, entry.districtName)}
              </td>
              <td data-label={t({ zh: '事件', en: 'Event' })}>{t(events[entry.event])}</td>
              <td className="number" data-label={t({ zh: '金额（元）', en: 'Amount (CNY)' })}>
                {yuan(entry.amountFen)}
              </td>
            </tr>
          ))}
        </Table>
      )}
      {hasNextPage && (
        <button type="button" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t({ zh: '显示更多', en: 'Show more' })}
        </button>
      )}
      <p>
        <a href={`/v1/register/download?year=${year}&format=csv`}>
          {t({ zh: '下载全年（CSV）', en: 'Download the year (CSV)' })}
        </a>
        {' · '}
        <a href={`/v1/register/download?year=${year}&format=json`}>
          {t({ zh: '下载全年（JSON）', en: 'Download the year (JSON)' })}
        </a>
      </p>
    </Page>
  );
}

/** Recomputes the register in this browser and says in words what was checked. */
function Verification({ year }: { readonly year: number }) {
  const t = useText();
  const id = useId();
  const [known, setKnown] = useState('');
  const [state, setState] = useState<'idle' | 'busy' | Verified | { readonly error: unknown }>('idle');
  const verify = async () => {
    setState('busy');
    try {
      const { verifyRegister } = await import('../data/verify-register.ts');
      setState(await verifyRegister(year, known.trim().toLowerCase()));
    } catch (error) {
      setState({ error });
    }
  };
  return (
    <section className="told">
      <h2>{t({ zh: '自行核验', en: 'Verify it yourself' })}</h2>
      <p>
        {t({
          zh: '您的浏览器会下载全年登记，逐笔重新计算哈希和每日根哈希，并与公布的根比较。也可以填入您以前记下的根哈希。',
          en: 'Your browser downloads the year, recomputes the hash of every entry and the root of every day, and compares them with the roots that were published. You can also enter a root that you noted down earlier.',
        })}
      </p>
      <div className="field">
        <label htmlFor={id}>
          {t({ zh: '您记下的根哈希（可不填）', en: 'A root you noted down (may stay empty)' })}
        </label>
        <input
          id={id}
          value={known}
          autoComplete="off"
          spellCheck={false}
          onChange={({ target }) => setKnown(target.value)}
        />
      </div>
      <button type="button" className="first" disabled={state === 'busy'} onClick={() => void verify()}>
        {state === 'busy' ? t({ zh: '正在核验……', en: 'Verifying…' }) : t({ zh: '开始核验', en: 'Verify' })}
      </button>
      <div role="status">
        {typeof state === 'object' &&
          ('error' in state ? <Failed error={state.error} /> : <VerifiedWords verified={state} />)}
      </div>
    </section>
  );
}

function VerifiedWords({ verified }: { readonly verified: Verified }) {
  const t = useText();
  const { faults, entries, days, lastRoot, comparedWith } = verified;
  if (faults.length > 0) {
    return (
      <div className="told bad">
        <h3>{t({ zh: '核验未通过', en: 'The register does not verify' })}</h3>
        <ul>
          {faults.slice(0, 20).map(({ day, entry, words }) => (
            <li key={`${day} ${entry ?? ''} ${words.en}`}>
              {day}
              {entry !== undefined && <code> {entry}</code>}
              {t({ zh: '：', en: ': ' })}
              {t(words)}
            </li>
          ))}
        </ul>
      </div>
    );
  }
  return (
    <div className="told good">
      <h3>{t({ zh: '核验通过', en: 'The register verifies' })}</h3>
      <p>
        {t({
          zh: `已重新计算 ${entries} 笔登记的哈希和 ${days} 天的根哈希，与${comparedWith === 'noted' ? '公布的根以及您记下的根' : '公布的根'}一致。`,
          en: `The hashes of ${entries} entries and the roots of ${days} days were recomputed. They are those that were published${comparedWith === 'noted' ? ', and the one you noted down' : ''}.`,
        })}
      </p>
      {lastRoot !== undefined && (
        <p>
          {t({
            zh: `${lastRoot.day} 的根哈希（可记下，以后再核验）：`,
            en: `Root of ${lastRoot.day}, to note down for later: `,
          })}
          <code>{lastRoot.root}</code>
        </p>
      )}
    </div>
  );
}
