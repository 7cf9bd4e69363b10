import { useQuery } from '@tanstack/react-query';
import { useText } from '../data/language.tsx';
import { catalogue } from '../data/queries.ts';
import { Facts, Page } from '../design/parts.tsx';

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

/** What is kept of whom. */
export function Privacy() {
  const t = useText();
  return (
    <Page title={{ zh: '个人信息保护', en: 'Privacy' }}>
      <ul>
        <li>
          {t({
            zh: '登录由统一身份认证平台完成，本系统不保存密码。',
            en: 'Logins are the identity platform’s. No password is kept here.',
          })}
        </li>
        <li>
          {t({
            zh: '您在表单中输入的内容会先保存在本机浏览器，退出登录时清除。',
            en: 'What you type in a form is kept in this browser first, and wiped when you log out.',
          })}
        </li>
        <li>
          {t({
            zh: '法定代表人姓名、证件号码只保存不可还原的比对值。',
            en: 'Of a legal representative only a hash for comparison is kept.',
          })}
        </li>
        <li>
          {t({
            zh: '收款账户加密保存，只显示末四位。',
            en: 'Bank accounts are encrypted; only the last four digits are shown.',
          })}
        </li>
        <li>
          {t({ zh: '异议人信息加密保存，不公开。', en: 'Who objects is encrypted and never published.' })}
        </li>
        <li>
          {t({
            zh: '本网站不使用第三方统计、广告或外部资源。',
            en: 'The portal loads nothing from third parties and counts no visitors.',
          })}
        </li>
      </ul>
    </Page>
  );
}
