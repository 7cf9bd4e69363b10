import { domainToUnicode } from 'node:url';
import { simplify } from '../matching/traditional.ts';

const scheme = '[a-z][a-z0-9+.-]*://';
const host = '[a-z0-9\\u4e00-\\u9fff-]+(?:\\.[a-z0-9\\u4e00-\\u9fff-]+)*\\.[a-z]{2,}';
/** What an address goes on with: blanks, brackets, quotes and what stands between two addresses end it. */
const on = '[^\\s,;<>()[\\]{}"“”‘’「」、。]';
/** With its scheme or its user anywhere; without both as a whole value or behind a label, with a path or `www.`. */
const addresses = new RegExp(
  [
    `(?:${scheme}|[\\w.+-]+@(?=[\\w.-]+:))${on}+`,
    `(?<=^|[,;:\\s(<"“])(?:${host}(?:(?::\\d+)?/|:(?=[^/\\d\\s][^/\\s]*/))(?!/)${on}+|www\\.${host}${on}*)`,
  ].join('|'),
  'giu',
);
/** Hosts where a repository has an owner and a name, and what stands behind them is a page of it. */
const forges = /^(?:github\.com|gitee\.com|gitcode\.(?:com|net)|atomgit\.com|bitbucket\.org|codeberg\.org)$/;
/** Such pages elsewhere. */
const pages =
  /^(?:-|tree|blob|raw|src|commits?|issues|pulls?|merge_requests|releases|branches|tags|wikis?|archive|actions)$/;
const usualPorts = /:(?:80|443|22|9418)$/;

/**
 * A text in which addresses are folded: scheme, user, usual port, `www.`, case, a slash or `.git` at the end, and the page
 * of a repository make no difference; hyphens do, but not of which kind.
 * @returns its pieces between addresses, and the addresses, in turn.
 */
export function splitAddresses(text: string): { readonly text: string; readonly address?: string }[] {
  const plain = text
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, '')
    .trim()
    .replace(/(?<![\w/])(https?|git|ssh):[\\/]*(?=[\w-]+\.)/giu, '$1://')
    .replace(/^\/\/(?=[\w-]+\.)/, '');
  const pieces: { text: string; address?: string }[] = [];
  let last = 0;
  for (const { index, 0: found } of plain.matchAll(addresses)) {
    pieces.push({ text: plain.slice(last, index) }, { text: found, address: foldAddress(found) });
    last = index + found.length;
  }
  return [...pieces, { text: plain.slice(last) }];
}

function foldAddress(text: string): string {
  const bare = text
    .toLowerCase()
    .replace(/[\p{Pd}\u2212]/gu, '-')
    .replaceAll('\\', '/')
    .replace(/[.:!?]+$/, '');
  const [, scpHost, scpPath] = /^(?:[\w.+-]+@)?([\w.-]+):(?!\/\/|\d+(?:\/|$))(.*)$/u.exec(bare) ?? [];
  const whole =
    scpHost === undefined
      ? bare.replace(new RegExp(`^${scheme}`, 'u'), '').replace(/^[^/?#@]*@/, '')
      : `${scpHost}/${scpPath}`;
  const [, authority = '', path = '', query = '', fragment = ''] =
    /^([^/?#]*)([^?#]*)(\?[^#]*)?(?:#(.*))?/.exec(whole) ?? [];
  const where = foldHost(authority);
  // Pages that a program in the browser shows have their path behind the #.
  const names = segmentsOf(forges.test(where) || !/^!?\//.test(fragment) ? path : `${path}/${fragment}`);
  const page = names.findIndex((name, index) => index >= 2 && (forges.test(where) || pages.test(name)));
  const kept = page === -1 ? names : names.slice(0, page);
  const isRepository = kept.length >= 2;
  const last = kept.pop()?.replace(/\.git$/, '');
  const folded = [where, ...kept, ...(last ? [last] : [])].join('/');
  return simplify(`${folded}${isRepository ? idsOf(query) : query.replace(/^\?$/, '')}`);
}

function foldHost(authority: string): string {
  const [, name = '', port = ''] = /^(.*?)\.?(:\d+)?$/.exec(authority.replace(usualPorts, '')) ?? [];
  return `${domainToUnicode(name) || name}${port}`.replace(/^(?:www|ssh|m)\.(?=[^.]+\.)/, '');
}

/** The names of a path, decoded, without those that stand for the folder itself and the one above. */
function segmentsOf(path: string): string[] {
  const names: string[] = [];
  for (const name of path.split('/').map(decoded)) {
    if (name === '..') names.pop();
    else if (name !== '.' && name !== '') names.push(name);
  }
  return names;
}

/** Of a query behind an owner and a name what names a thing; the rest only says how the page is shown. */
function idsOf(query: string): string {
  const ids = query
    .slice(1)
    .split('&')
    .filter((pair) => /^\w*(?:id|no|code|key)=/.test(pair));
  return ids.length === 0 ? '' : `?${ids.sort().join('&')}`;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name).toLowerCase();
  } catch {
    return name;
  }
}
