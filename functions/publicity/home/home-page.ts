import { createHash } from 'node:crypto';
import type { Notice } from '../../policy/notice/notice-schema.ts';
import type { RegisterRoot } from '../../register/root.ts';
import { shanghaiDate } from '../../shared/shanghai-date.ts';
import type { Bilingual } from '../../shared/text.ts';
import { shortYuan } from '../../shared/yuan.ts';
import type { PublicAward } from '../notice/list-awards.ts';
import { html, type Markup } from './markup.ts';

const css = `
:root{color-scheme:light dark;--line:#8884;--soft:#666;--mark:#0b5cad}
@media(prefers-color-scheme:dark){:root{--soft:#aaa;--mark:#7db8f5}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1rem;max-width:64rem;font:1rem/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif}
h1{font-size:1.5rem;line-height:1.3;margin:0}
h2{font-size:1.15rem;margin:2.5rem 0 .5rem}
[lang=en]{color:var(--soft);font-weight:400}
h1 [lang=en],h2 [lang=en],td [lang=en],th [lang=en]{display:block;font-size:.85em}
a{color:var(--mark)}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%}
th,td{padding:.5rem .75rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top}
.amount{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
code{overflow-wrap:anywhere}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.9rem}
`;

/** Headers of the page: nothing is loaded, run, framed or sent from it, and only its own style applies. */
export const homePageHeaders = {
  'content-security-policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(css).digest('base64')}'`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; '),
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
} as const;

/** The home page: awards under public notice, and those whose notice has ended, as plain HTML in both languages. */
export function homePage(
  notice: Notice,
  awards: readonly PublicAward[],
  lastRoot: RegisterRoot | undefined,
): string {
  const noticed = awards.filter((award) => award.status === 'noticed');
  const closed = awards.filter((award) => award.status !== 'noticed');
  const page = html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>公示 · ${notice.title.zh}</title>
<style>${html.raw(css)}</style>
</head>
<body>
<header>
<h1>${notice.title.zh}<span lang="en">${notice.title.en}</span></h1>
<p>${notice.documentNumber}</p>
</header>
<main>
<h2 id="noticed">公示中的奖励<span lang="en">Awards under public notice</span></h2>
${noticed.length > 0 ? table('noticed', noticed) : html`<p>目前没有公示中的奖励。<span lang="en">No awards are under public notice now.</span></p>`}
${closed.length > 0 ? html`<h2 id="closed">公示期满的奖励<span lang="en">Awards whose notice has ended</span></h2>\n${table('closed', closed)}` : ''}
<h2 id="register">奖补登记簿<span lang="en">Register of awards</span></h2>
<p>下达、拨付与追回逐笔登记：<a href="/v1/register">/v1/register</a>　下载：<a href="/v1/register/download?format=csv">CSV</a>、<a href="/v1/register/download?format=json">JSON</a><br>
<span lang="en">Every order, payment and recovery, and the whole year as a file.</span></p>
${lastRoot ? html`<p><time datetime="${lastRoot.day}">${lastRoot.day}</time> 根哈希<span lang="en"> (root hash)</span>：<code>${lastRoot.root}</code><br>\n` : html`<p>`}<a href="/v1/register/roots">/v1/register/roots</a> 每日公布，任何人都可据此核验登记内容未被改动。<br>
<span lang="en">Published every day, so that anyone can check that no entry was changed.</span></p>
</main>
<footer>
<p>全部记录：<a href="/v1/awards">/v1/awards</a>　接口说明：<a href="/openapi.json">/openapi.json</a><br>
<span lang="en">All records and the description of the API are at these addresses.</span></p>
</footer>
</body>
</html>
`;
  return page.text;
}

function table(labelledBy: string, awards: readonly PublicAward[]): Markup {
  return html`<div class="wide" role="region" aria-labelledby="${labelledBy}" tabindex="0">
<table aria-labelledby="${labelledBy}">
<thead><tr>
<th scope="col">单位<span lang="en">Organisation</span></th>
<th scope="col">项目<span lang="en">Project</span></th>
<th scope="col">事项<span lang="en">Item</span></th>
<th scope="col">条款<span lang="en">Clause</span></th>
<th scope="col" class="amount">金额（元）<span lang="en">Amount (yuan)</span></th>
<th scope="col">公示日期<span lang="en">Noticed on</span></th>
<th scope="col">公示截止<span lang="en">Last day</span></th>
<th scope="col">状态<span lang="en">Status</span></th>
</tr></thead>
<tbody>
${awards.map(row)}</tbody>
</table>
</div>`;
}

function row(award: PublicAward): Markup {
  const date = shanghaiDate(new Date(award.noticedAt));
  return html`<tr>
<th scope="row">${award.organisationName}${award.organisation ? html`<br><code>${award.organisation}</code>` : ''}</th>
<td>${award.projectName ?? ''}</td>
<td>${award.title.zh}<span lang="en">${award.title.en}</span></td>
<td>${award.clause}</td>
<td class="amount">${shortYuan(award.awardFen)}</td>
<td><time datetime="${award.noticedAt}">${date}</time></td>
<td>${award.closesAt ? html`<time datetime="${award.closesAt}">${lastDay(award.closesAt)}</time>` : ''}</td>
<td>${statuses[award.status].zh}<span lang="en">${statuses[award.status].en}</span></td>
</tr>
`;
}

const statuses: Readonly<Record<PublicAward['status'], Bilingual>> = {
  noticed: { zh: '公示中', en: 'under notice' },
  'notice-ended': { zh: '公示期满', en: 'notice ended' },
  ordered: { zh: '已下达', en: 'ordered' },
  closed: { zh: '已拨付', en: 'paid' },
  cancelled: { zh: '已取消', en: 'taken back' },
};

/** The last day of a notice that ends with an instant: midnight belongs to the day before. */
function lastDay(end: string): string {
  return shanghaiDate(new Date(Date.parse(end) - 1));
}
