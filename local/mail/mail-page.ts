/** The page with the mails that the system sent on this machine. */
import { escapeHtml } from '../escape-html.ts';
import type { SentMail } from './mail-box.ts';

/** HTML of the page. @param mails newest first */
export function mailPage(mails: readonly SentMail[]): string {
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>演示邮件 · Demo mails</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
  article { border: 1px solid #bbb; border-radius: 6px; margin: 0 0 1rem; padding: 0 1rem; }
  h2 { font-size: 1.1rem; }
  pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
  p, small { color: #555; }
</style>
<h1>演示邮件 <small lang="en">Demo mails</small></h1>
<p>邮件只保存在本机，并未发出。<span lang="en">Kept on this machine; none of them left it.</span></p>
${mails.map(article).join('\n') || '<p>还没有邮件。<span lang="en">There are none yet.</span></p>'}
</html>
`;
}

function article({ at, from, to, subject, text }: SentMail): string {
  return `<article>
<h2>${escapeHtml(subject)}</h2>
<p><time>${escapeHtml(at)}</time> · ${escapeHtml(from)} → ${escapeHtml(to.join(', '))}</p>
<pre>${escapeHtml(text)}</pre>
</article>`;
}
