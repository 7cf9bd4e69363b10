import { useQuery } from '@tanstack/react-query';
import type { Bilingual } from '../../../functions/shared/text.ts';
import { useText } from '../data/language.tsx';
import { catalogue, privacy } from '../data/queries.ts';
import { Facts, Failed, Page, Table, Waiting } from '../design/parts.tsx';

/** What the system rests on. */
export function About() {
  const t = useText();
  const { data } = useQuery(catalogue);
  return (
    <Page title={{ zh: '关于本系统', en: 'About' }}>
      <p>
        {t({
          zh: '本系统办理《广州市进一步促进软件和信息技术服务业高质量发展的若干措施》的申报、审核、查重、资金安排、公示、下达和拨付。',
          en: 'This system carries the municipal measures for software and IT services from the application through review, comparison with other awards, allocation and public notice to payment.',
        })}
      </p>
      {data && (
        <Facts
          items={[
            [t({ zh: '文号', en: 'Document' }), data.documentNumber],
            [t({ zh: '名称', en: 'Title' }), t(data.title)],
            [t({ zh: '成文日期', en: 'Dated' }), data.dated],
            [t({ zh: '印发日期', en: 'Printed' }), data.printed],
            [t({ zh: '有效期', en: 'In force' }), `${data.inForce.from} – ${data.inForce.to}`],
            [t({ zh: '替代文件', en: 'Replaces' }), data.replaces.documentNumber],
          ]}
        />
      )}
      <h2>{t({ zh: '如何保证公平', en: 'How fairness is kept' })}</h2>
      <ul>
        <li>
          {t({
            zh: '申报条件由规则逐条计算，每条都注明出处和所用数据。',
            en: 'Conditions are computed one by one, each with its source and the figures it used.',
          })}
        </li>
        <li>
          {t({
            zh: '同一人不得在同一申报中兼任两个环节；有利害关系的须回避。',
            en: 'Nobody decides in two stages of one application, or where they have an interest.',
          })}
        </li>
        <li>
          {t({
            zh: '同一事项不重复支持；与其他计划的记录比对。',
            en: 'Nothing is supported twice: records of other schemes are compared.',
          })}
        </li>
        <li>
          {t({
            zh: '每一笔资金进入公开登记簿，任何人可自行核验。',
            en: 'All money stands in a public register that anybody can verify.',
          })}
        </li>
      </ul>
    </Page>
  );
}

/** What the portal does so that everybody can use it. */
export function Accessibility() {
  const t = useText();
  return (
    <Page title={{ zh: '无障碍', en: 'Accessibility' }}>
      <p>
        {t({
          zh: '本网站按 WCAG 2.2 AA 级和 GB/T 37668 制作：全部操作可以只用键盘完成，可用读屏软件，放大到 200% 或在手机上不需横向滚动，减少动画的设置有效，页面可打印。',
          en: 'The portal is made to WCAG 2.2, level AA, and GB/T 37668: everything works by keyboard alone and with a screen reader, at 200% and on a phone without scrolling sideways, with reduced motion, and on paper.',
        })}
      </p>
      <p>
        {t({
          zh: '如有内容无法使用，请向受理部门反映；可以申请以其他方式办理。',
          en: 'If something does not work for you, tell the department that takes applications. It can be done in another way.',
        })}
      </p>
    </Page>
  );
}

/** What is kept of whom, and how long: what the function that deletes goes by. */
export function Privacy() {
  const t = useText();
  const { data, error, refetch } = useQuery(privacy);
  return (
    <Page title={{ zh: '个人信息保护', en: 'Privacy' }}>
      {error && <Failed error={error} retry={() => void refetch()} />}
      {!data && !error && <Waiting />}
      {data && (
        <>
          <ul>
            {data.statements.map((statement) => (
              <li key={statement.en}>{t(statement)}</li>
            ))}
          </ul>
          <Table
            caption={t({ zh: '保存期限', en: 'How long data are kept' })}
            head={[
              { title: t({ zh: '信息', en: 'Data' }) },
              { title: t({ zh: '保存多久', en: 'How long' }) },
              { title: t({ zh: '何人可见', en: 'Who may see them' }) },
              { title: t({ zh: '依据', en: 'Ground' }) },
            ]}
          >
            {data.kinds.map(({ kind, title, from, period, until, does, readers, ground }) => (
              <tr key={kind}>
                <th scope="row">{t(title)}</th>
                <td>{until ? t(until) : t(keptFor(from, period?.days ?? 0, does))}</td>
                <td>{t(readers)}</td>
                <td>{t(ground)}</td>
              </tr>
            ))}
          </Table>
          <p className="soft">
            {t({
              zh: `第 ${data.version} 版。法律未规定期限的，由主管部门确定。`,
              en: `Version ${data.version}. Where no law fixes a period, the authority has.`,
            })}
          </p>
        </>
      )}
    </Page>
  );
}

function keptFor(from: Bilingual, days: number, does: 'deleted' | 'anonymised' | 'kept'): Bilingual {
  const ends = {
    deleted: { zh: '删除', en: 'then deleted' },
    anonymised: { zh: '匿名化', en: 'then anonymised' },
    kept: { zh: '保存', en: 'then kept' },
  }[does];
  return {
    zh: `自${from.zh}起 ${days} 天后${ends.zh}`,
    en: `${days} days from ${from.en}, ${ends.en}`,
  };
}
