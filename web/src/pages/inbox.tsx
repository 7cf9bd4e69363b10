import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { csvLine } from '../../../functions/shared/csv.ts';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { time, yuan } from '../data/format.ts';
import { useLanguage, useText } from '../data/language.tsx';
import { saveCsv } from '../data/save-file.ts';
import { filterOf, type TaskFilter } from '../data/task-filter.ts';
import { dueWords, kindLabels, type Task, taskCounts, tasks, useNames } from '../data/tasks.ts';
import { Failed, Page, Table, Tag, Waiting } from '../design/parts.tsx';
import { ForReviewers, type Official } from '../design/signed-in.tsx';
import { type Batch, BatchResult, runBatch } from './inbox-batch.tsx';
import { Choice, Counts } from './inbox-filter.tsx';
import { SavedViews } from './saved-views.tsx';

const title = { zh: '待办审核', en: 'Tasks' };

/** The open tasks of a department: what is due first, what is mine, and what many of them are answered with at once. */
export function Inbox() {
  return <ForReviewers title={title}>{(person) => <Listed person={person} />}</ForReviewers>;
}

const orders = {
  due: { zh: '按到期时间', en: 'Due first' },
  name: { zh: '按单位名称', en: 'By enterprise' },
  amount: { zh: '按申请金额（高到低）', en: 'By amount, highest first' },
} as const satisfies Readonly<Record<string, Bilingual>>;

function sorted(rows: readonly Task[], order: string | undefined): readonly Task[] {
  if (order === 'name') {
    return [...rows].sort((a, b) => a.organisationName.localeCompare(b.organisationName, 'zh-CN'));
  }
  if (order === 'amount') return [...rows].sort((a, b) => (b.requestedFen ?? 0) - (a.requestedFen ?? 0));
  return rows;
}

function Listed({ person }: { readonly person: Official }) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const queries = useQueryClient();
  const search = useSearch({ from: '/tasks' });
  const navigate = useNavigate({ from: '/tasks' });
  const filter = filterOf(search);
  const counts = useQuery(taskCounts);
  const listed = useInfiniteQuery({ ...tasks(filter), staleTime: 0 });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [batch, setBatch] = useState<Batch>();
  const rows = sorted(listed.data?.pages.flatMap(({ items }) => items) ?? [], search.sort);
  const selected = rows.filter(({ taskId }) => chosen.has(taskId));
  const recommendable = selected.filter(({ kind }) => kind === 'recommend');
  const set = (values: Readonly<Record<string, string | undefined>>) => {
    setChosen(new Set());
    void navigate({ search: (now) => ({ ...now, ...values }), replace: true, resetScroll: false });
  };
  const isNarrowed = Object.keys(filter).length > 0;
  const run = async (kind: Batch['kind']) => {
    await runBatch({ kind, person: person.id }, kind === 'recommend' ? recommendable : selected, setBatch);
    setChosen(new Set());
    await Promise.all([
      queries.invalidateQueries({ queryKey: ['tasks'] }),
      queries.invalidateQueries({ queryKey: ['task-counts'] }),
    ]);
  };
  const save = () => {
    const head = [
      ...[t({ zh: '到期时间', en: 'Due' }), t({ zh: '单位', en: 'Enterprise' })],
      ...[t({ zh: '项目', en: 'Project' }), t({ zh: '事项', en: 'Item' }), t({ zh: '区', en: 'District' })],
      ...[t({ zh: '环节', en: 'Step' }), t({ zh: '申请金额（元）', en: 'Requested (CNY)' })],
      ...[t({ zh: '第几次提交', en: 'Submission' }), t({ zh: '经办人', en: 'Taken by' })],
      t({ zh: '申报编号', en: 'Application' }),
    ];
    const lines = rows.map((row) => [
      ...[time(row.dueAt, language), row.organisationName, row.projectName ?? '', names.item(row.item)],
      ...[names.district(row.district), t(kindLabels[row.kind])],
      row.requestedFen === undefined ? '' : yuan(row.requestedFen),
      ...[String(row.submission), row.assignee ?? '', row.applicationId],
    ]);
    saveCsv('tasks.csv', [head, ...lines].map(csvLine).join(''));
  };
  return (
    <Page
      title={{
        zh: `待办审核（${names.department(person.department)}）`,
        en: `Tasks of ${names.department(person.department)}`,
      }}
      isWide
    >
      {counts.data && <Counts counts={counts.data} filter={filter} set={set} />}
      <search className="filter">
        <div>
          <label htmlFor="q">{t({ zh: '单位名称', en: 'Enterprise' })}</label>
          <input
            id="q"
            type="search"
            defaultValue={search.q ?? ''}
            key={search.q}
            onKeyDown={({ key, currentTarget }) => {
              if (key === 'Enter') set({ q: currentTarget.value.trim() || undefined });
            }}
            onBlur={({ target }) => {
              const typed = target.value.trim() || undefined;
              if (typed !== search.q) set({ q: typed });
            }}
          />
        </div>
        <Choice
          name="item"
          label={{ zh: '事项', en: 'Item' }}
          value={search.item}
          options={Object.entries(counts.data?.byItem ?? {}).map(([id, count]) => [
            id,
            `${names.item(id)}（${count}）`,
          ])}
          set={set}
        />
        <Choice
          name="district"
          label={{ zh: '区', en: 'District' }}
          value={search.district}
          options={Object.entries(counts.data?.byDistrict ?? {}).map(([code, count]) => [
            code,
            `${names.district(code)}（${count}）`,
          ])}
          set={set}
        />
        <Choice
          name="kind"
          label={{ zh: '环节', en: 'Step' }}
          value={search.kind}
          options={Object.entries(counts.data?.byKind ?? {}).flatMap(([kind, count]) =>
            Object.entries(kindLabels)
              .filter(([id]) => id === kind)
              .map(([id, label]) => [id, `${t(label)}（${count}）`] as const),
          )}
          set={set}
        />
        <div className="fit">
          <label htmlFor="sort">{t({ zh: '排序', en: 'Order' })}</label>
          <select
            id="sort"
            value={search.sort ?? 'due'}
            onChange={({ target }) => set({ sort: target.value === 'due' ? undefined : target.value })}
          >
            {Object.entries(orders).map(([id, label]) => (
              <option key={id} value={id}>
                {t(label)}
              </option>
            ))}
          </select>
        </div>
        <SavedViews person={person.id} search={search} set={set} />
      </search>
      {batch && <BatchResult batch={batch} close={() => setBatch(undefined)} />}
      <div className="actions">
        <button type="button" disabled={selected.length === 0} onClick={() => void run('take')}>
          {t({ zh: `领取（${selected.length}）`, en: `Take (${selected.length})` })}
        </button>
        <button type="button" disabled={selected.length === 0} onClick={() => void run('give-back')}>
          {t({ zh: '交回', en: 'Give back' })}
        </button>
        {(counts.data?.byKind['recommend'] ?? 0) > 0 && (
          <button type="button" disabled={recommendable.length === 0} onClick={() => void run('recommend')}>
            {t({ zh: `推荐（${recommendable.length}）`, en: `Recommend (${recommendable.length})` })}
          </button>
        )}
        <button type="button" disabled={rows.length === 0} onClick={save}>
          {t({ zh: '导出本页所列（CSV）', en: 'Save this list (CSV)' })}
        </button>
      </div>
      {listed.error && <Failed error={listed.error} retry={() => void listed.refetch()} />}
      {listed.isPending && <Waiting />}
      {listed.data && rows.length === 0 && !listed.hasNextPage && (
        <p>
          {isNarrowed
            ? t({ zh: '没有符合筛选条件的待办。', en: 'No open task fits these filters.' })
            : t({ zh: '没有待办。', en: 'There is nothing to do.' })}{' '}
          {isNarrowed && (
            <Link to="/tasks" search={{}}>
              {t({ zh: '清除筛选', en: 'Clear the filters' })}
            </Link>
          )}
        </p>
      )}
      {rows.length > 0 && (
        <Table
          caption={t({ zh: `待办（已列 ${rows.length} 件）`, en: `Open tasks (${rows.length} listed)` })}
          head={[
            { title: t({ zh: '选择', en: 'Choose' }) },
            { title: t({ zh: '到期', en: 'Due' }) },
            { title: t({ zh: '单位和项目', en: 'Enterprise and project' }) },
            { title: t({ zh: '事项', en: 'Item' }) },
            { title: t({ zh: '区', en: 'District' }) },
            { title: t({ zh: '环节', en: 'Step' }) },
            { title: t({ zh: '申请金额（元）', en: 'Requested (CNY)' }), isNumber: true },
            { title: t({ zh: '经办人', en: 'Taken by' }) },
          ]}
        >
          {rows.map((row) => (
            <Row
              key={row.taskId}
              row={row}
              search={search}
              isMine={row.assignee === person.id}
              isChosen={chosen.has(row.taskId)}
              choose={(isChosen) =>
                setChosen((now) => {
                  const next = new Set(now);
                  if (isChosen) next.add(row.taskId);
                  else next.delete(row.taskId);
                  return next;
                })
              }
            />
          ))}
        </Table>
      )}
      {listed.hasNextPage && (
        <button
          type="button"
          disabled={listed.isFetchingNextPage}
          onClick={() => void listed.fetchNextPage()}
        >
          {t({ zh: '继续列出', en: 'List more' })}
        </button>
      )}
      {rows.length > 0 && (
        <button
          type="button"
          className="plain"
          onClick={() =>
            setChosen(selected.length === rows.length ? new Set() : new Set(rows.map(({ taskId }) => taskId)))
          }
        >
          {selected.length === rows.length
            ? t({ zh: '全部取消选择', en: 'Choose none' })
            : t({ zh: `选择所列全部 ${rows.length} 件`, en: `Choose all ${rows.length} listed` })}
        </button>
      )}
    </Page>
  );
}

function Row({
  row,
  search,
  isMine,
  isChosen,
  choose,
}: {
  readonly row: Task;
  readonly search: TaskFilter & { readonly sort?: string | undefined };
  readonly isMine: boolean;
  readonly isChosen: boolean;
  readonly choose: (isChosen: boolean) => void;
}) {
  const t = useText();
  const { language } = useLanguage();
  const names = useNames();
  const due = dueWords(row.dueAt);
  const name = row.projectName ?? row.organisationName;
  return (
    <tr>
      <td data-label={t({ zh: '选择', en: 'Choose' })}>
        <input
          type="checkbox"
          aria-label={t({ zh: `选择 ${name}`, en: `Choose ${name}` })}
          checked={isChosen}
          onChange={({ target }) => choose(target.checked)}
        />
      </td>
      <td data-label={t({ zh: '到期', en: 'Due' })}>
        {due.tone ? <Tag tone={due.tone}>{t(due)}</Tag> : t(due)}
        <br />
        <time className="soft small" dateTime={row.dueAt}>
          {time(row.dueAt, language)}
        </time>
      </td>
      <th scope="row" data-label={t({ zh: '单位和项目', en: 'Enterprise and project' })}>
        <Link to="/tasks/$taskId" params={{ taskId: row.taskId }} search={search}>
          {name}
        </Link>{' '}
        {row.submission > 1 && (
          <Tag tone="now">
            {t({ zh: `补正后第 ${row.submission} 次提交`, en: `Corrected, submission ${row.submission}` })}
          </Tag>
        )}
        <br />
        <span className="soft small">{row.organisationName}</span>
      </th>
      <td data-label={t({ zh: '事项', en: 'Item' })}>{names.item(row.item)}</td>
      <td data-label={t({ zh: '区', en: 'District' })}>{names.district(row.district)}</td>
      <td data-label={t({ zh: '环节', en: 'Step' })}>{t(kindLabels[row.kind])}</td>
      <td className="number" data-label={t({ zh: '申请金额（元）', en: 'Requested (CNY)' })}>
        {row.requestedFen === undefined || row.requestedFen === 0 ? '—' : yuan(row.requestedFen)}
      </td>
      <td data-label={t({ zh: '经办人', en: 'Taken by' })}>
        {isMine ? <Tag tone="now">{t({ zh: '我', en: 'Me' })}</Tag> : (row.assignee ?? '—')}
      </td>
    </tr>
  );
}
