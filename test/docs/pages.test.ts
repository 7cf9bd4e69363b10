import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { pages, stalePages, writePages } from '../../docs/pages/pages.ts';
import { thirdPartyNotices } from '../../docs/pages/third-party-notices.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pages-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content: string | object): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
}

describe('generated pages', () => {
  beforeEach(() => {
    write('package-lock.json', { packages: { '': { version: '1.0.0' } } });
    mkdirSync(join(root, 'docs'));
  });

  it('are stale until they are written', () => {
    expect(stalePages(root)).toEqual(Object.keys(pages));
    writePages(root);
    expect(stalePages(root)).toEqual([]);
  });

  it.each(Object.keys(pages))('say that %s is stale when somebody wrote into it', (page) => {
    writePages(root);
    appendFileSync(join(root, page), 'by hand\n');
    expect(stalePages(root)).toEqual([page]);
  });
});

describe('third-party notices', () => {
  const mit = 'MIT License\n\nCopyright (c) 2020 Somebody\n\nPermission is hereby granted';

  function lock(packages: Readonly<Record<string, object>>): void {
    write('package-lock.json', { packages: { '': { version: '1.0.0' }, ...packages } });
    for (const place of Object.keys(packages)) write(`${place}/package.json`, { author: { name: 'Author' } });
  }

  it('name every version that is shipped, with its licence and copyright', () => {
    lock({
      'node_modules/one': { version: '1.0.0', license: 'MIT' },
      'node_modules/@two/two': { version: '2.0.0', license: 'MIT' },
      'node_modules/@two/two/node_modules/one': { version: '0.9.0', license: 'MIT' },
    });
    write('node_modules/one/LICENSE', mit);
    const page = thirdPartyNotices(root);
    expect(page).toContain('| one | 1.0.0 | MIT | Copyright (c) 2020 Somebody |');
    expect(page).toContain('| @two/two | 2.0.0 | MIT | Author |');
    expect(page).toContain('| one | 0.9.0 | MIT | Author |');
    expect(page).toContain(`## one 1.0.0\n\n~~~text\n${mit}\n~~~`);
  });

  it('leave out what only builds or runs elsewhere, installed or not', () => {
    lock({ 'node_modules/one': { version: '1.0.0', license: 'MIT' } });
    const page = thirdPartyNotices(root);
    write('package-lock.json', {
      packages: {
        '': { version: '1.0.0' },
        'node_modules/one': { version: '1.0.0', license: 'MIT' },
        'node_modules/built-with': { version: '1.0.0', dev: true },
        'node_modules/other-platform': { version: '1.0.0', optional: true, os: ['aix'] },
        'node_modules/of-both': { version: '1.0.0', devOptional: true },
      },
    });
    expect(thirdPartyNotices(root)).toBe(page);
  });

  it('keep a notice that stands beside the text of Apache-2.0', () => {
    lock({ 'node_modules/one': { version: '1.0.0', license: 'MIT AND Apache-2.0' } });
    cpSync(join(import.meta.dirname, '../../LICENSE'), join(root, 'node_modules/one/LICENSE'));
    write('node_modules/one/NOTICE', 'Holds the data of others');
    const page = thirdPartyNotices(root);
    expect(page).toContain('Holds the data of others');
    expect(page).not.toContain('Grant of Patent License');
  });

  it('are not written of packages that are not there', () => {
    write('package-lock.json', { packages: { 'node_modules/one': { version: '1.0.0' } } });
    expect(() => thirdPartyNotices(root)).toThrow('node_modules/one is not installed: run npm ci');
  });
});
