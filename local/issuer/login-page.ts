/** The login page of the local issuer: a list of the demo users, no passwords. */
import { escapeHtml } from '../escape-html.ts';
import { type DemoUser, demoUsers } from './demo-users.ts';

/** HTML of the page; its form posts `login=<user>` to the address it stands at. */
export function loginPage(): string {
  const officials = demoUsers.filter((user) => !user.organisationName);
  const companies = Map.groupBy(
    demoUsers.filter((user) => user.organisationName),
    (user) => user.organisationName ?? '',
  );
  return `<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>演示登录 · Demo login</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a; }
  fieldset { border: 1px solid #bbb; border-radius: 6px; margin: 0 0 1rem; }
  button { font: inherit; margin: .25rem; padding: .4rem .8rem; border: 1px solid #1f5aa6; border-radius: 4px; background: #fff; color: #1f5aa6; cursor: pointer; }
  button:hover, button:focus-visible { background: #1f5aa6; color: #fff; }
  small { color: #555; }
</style>
<h1>演示登录 <small lang="en">Demo login</small></h1>
<p>本页仅用于本机演示，无需密码。<span lang="en">For this machine only; there are no passwords.</span></p>
<form method="post">
${[...companies].map(([name, users]) => fieldset(name, users)).join('\n')}
${fieldset('主管部门与财政 · Departments and budget', officials)}
</form>
</html>
`;
}

function fieldset(title: string, users: readonly DemoUser[]): string {
  const buttons = users.map(({ name, displayName }) => {
    return `<button name="login" value="${escapeHtml(name)}">${escapeHtml(displayName)} <small>${escapeHtml(name)}</small></button>`;
  });
  return `<fieldset><legend>${escapeHtml(title)}</legend>${buttons.join('')}</fieldset>`;
}
