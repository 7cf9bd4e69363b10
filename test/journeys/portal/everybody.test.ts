import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declared } from '../../builders/content.ts';
import { findBarriers, logIn, see, startBrowser, type Visitor, visit } from '../../support/browser.ts';
import { type JourneyInstance, startJourneyInstance } from '../../support/instance.ts';

/** Folder for pictures of every page, for people to look at: taken when it is named, as each costs as much as a check. */
const pictures = process.env['PORTAL_PICTURES'];

let system: JourneyInstance;
let browser: Browser;
beforeAll(async () => {
  [system, browser] = await Promise.all([startJourneyInstance(), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const publicPages = [
  ...['/', '/measures', '/measures/dcmm', '/check', '/awards', '/register', '/objections'],
  ...['/about', '/accessibility', '/privacy', '/nowhere'],
];
const applicantPages = ['/', '/applications', '/apply/dcmm', '/account', '/organisation', '/messages'];
/** Each window, and how narrow it gets: at 200 % a desk has 683 pixels, and no phone has fewer than 320. */
const windows = [
  { name: 'desk', viewport: { width: 1366, height: 768 }, narrow: { width: 683, height: 384 } },
  { name: 'phone', viewport: { width: 390, height: 844 }, narrow: { width: 320, height: 640 } },
] as const;

const sideways = (page: Page) => page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);

describe.each(windows)('in a window for the $name', ({ name, viewport, narrow }) => {
  describe.each([
    { who: 'everybody', pages: publicPages, user: undefined },
    { who: 'an applicant', pages: applicantPages, user: 'admin-9' },
  ])('a page for $who', ({ pages, user }) => {
    let visitor: Visitor;
    beforeAll(async () => {
      visitor = await visit(browser, system.current.url, { viewport });
      await visitor.page.goto('/');
      if (user) await logIn(visitor.page, user);
    });
    afterAll(() => visitor?.context.close());

    it.each(pages)('%s stands in both languages without a barrier', async (path) => {
      const { page, complaints } = visitor;
      await page.goto(path);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      const called = `${user ? 'my-' : ''}${path === '/' ? 'home' : path.slice(1).replaceAll('/', '-')}`;
      for (const language of ['zh', 'en'] as const) {
        if (language === 'en') await page.getByRole('button', { name: 'English' }).click();
        await expect.poll(() => page.locator('.waiting').count(), { timeout: 20_000 }).toBe(0);
        for (const [window, size] of [
          [name, viewport],
          [`${narrow.width}`, narrow],
        ] as const) {
          await page.setViewportSize(size);
          expect(await findBarriers(page), `${language} ${window}`).toEqual([]);
          expect(await sideways(page), `${language} ${window}: pixels to scroll sideways`).toBe(0);
          if (pictures === undefined) continue;
          const picture = join(pictures, `${called}.${window}.${language}.png`);
          await page.screenshot({ path: picture, fullPage: true });
        }
        await page.setViewportSize(viewport);
      }
      await page.getByRole('button', { name: '中文' }).click();
      expect(complaints).toEqual([]);
    });
  });
});

describe('the English page', () => {
  it('says nothing in Chinese but names and citations', async () => {
    const { page, context } = await visit(browser, system.current.url);
    for (const path of ['/accessibility', '/privacy', '/measures/dcmm', '/objections']) {
      await page.goto(path);
      await page.getByRole('button', { name: 'English' }).click();
      await page.waitForLoadState('networkidle');
      const lines = (await page.getByRole('main').innerText()).split('\n');
      const foreign = lines.filter((line) =>
        /[\u4e00-\u9fff]/.test(line.replace(/（[^）]*）|[一二三四五六]\([一二三四五六]\)\d*/g, '')),
      );
      expect(foreign, path).toEqual([]);
      await page.getByRole('button', { name: '中文' }).click();
    }
    await context.close();
  });
});

describe('the page on privacy', () => {
  it('says of each kind of data how long it is kept, as the function has it that deletes', async () => {
    const { page, context } = await visit(browser, system.current.url);
    await page.goto('/privacy');
    const drafts = page.getByRole('row').filter({ hasText: '未提交的草稿' });
    await see(drafts, '自最后一次修改起 730 天后删除');
    await see(page, '第 2026.1 版');
    await context.close();
  });
});

describe('a check without a login', () => {
  it('says what an enterprise could apply for, and changes with every answer', async () => {
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/check');
    await page.getByLabel('登记所在区').selectOption({ label: '天河区' });
    await page.getByLabel('成立日期').fill('2015-06-01');
    const dcmm = page.locator('details').filter({ hasText: 'DCMM 三级以上评估奖励' });
    await see(dcmm, '还需回答 7 项');
    // What most items ask is asked once.
    for (const [fact, value] of Object.entries(declared))
      await page.locator(`[name="common-facts.${fact}"][value=${value ? 'yes' : 'no'}]`).check();
    await see(dcmm, '还需回答 3 项');
    await page.getByLabel('行业代码（GB/T 4754）').fill('I6513');
    await dcmm.locator('summary').click();
    await dcmm.getByLabel('DCMM 等级').fill('2');
    await see(dcmm.locator('summary'), '二(二)6');
    await dcmm.getByLabel('DCMM 等级').fill('4');
    await dcmm.getByLabel('证书编号').fill('DCMM-1');
    await dcmm.getByLabel('证书有效期至').fill('2030-01-01');
    await see(dcmm, '最多可获 500,000.00 元');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByLabel('登记所在区').selectOption({ label: '不在广州' });
    await see(page, /符合 0 项/);

    // What was answered goes into the draft, over the login.
    await page.getByLabel('登记所在区').selectOption({ label: '天河区' });
    await dcmm.getByRole('link', { name: '以这些内容开始申报' }).click();
    await page.getByRole('main').getByRole('button', { name: '登录' }).click();
    await page.locator('button[value="preparer-13"]').click();
    await page.getByRole('button', { name: '开始填写' }).click();
    await page.waitForURL(/\/form$/);
    await expect.poll(() => page.getByLabel('证书编号').inputValue()).toBe('DCMM-1');
    expect(await page.getByLabel('成立日期').inputValue()).toBe('2015-06-01');
    expect(await page.evaluate('sessionStorage.getItem("portal.answers")')).toBeNull();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('the register', () => {
  it('verifies itself, and says where it was changed', async () => {
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/register');
    await page.getByRole('button', { name: '开始核验' }).click();
    await see(page, '核验通过');
    await page.getByLabel('您记下的根哈希（可不填）').fill('ab'.repeat(32));
    await page.getByRole('button', { name: '开始核验' }).click();
    await see(page, '核验未通过');
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
