import type { Browser } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { fileOf } from '../../builders/document-file.ts';
import { findBarriers, logIn, see, visit } from '../../support/browser.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { beginDraft, number, patient, saved } from '../../support/portal-forms.ts';
import { samplePdf } from '../../support/story.ts';

/** What goes wrong in the night before a deadline, and loses nothing. Companies 3 to 8. */
export function describeMishaps(
  shared: () => { readonly system: JourneyInstance; readonly browser: Browser },
): void {
  let system: JourneyInstance;
  let browser: Browser;
  beforeAll(() => {
    ({ system, browser } = shared());
  });

  describe('the night before the deadline', () => {
    it('a network that is gone loses nothing, and what was typed is saved when it is back', async () => {
      const { page, context, complaints } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'preparer-3');
      await beginDraft(page, '断网');
      await context.setOffline(true);
      await page.locator('[id="facts.certificateNumber"]').pressSequentially('OFFLINE-1');
      await see(page, '尚未保存到服务器：网络中断');
      await see(page, /^已保存在本机/);
      await context.setOffline(false);
      await saved(page);
      await page.reload();
      await expect.poll(number(page), patient).toBe('OFFLINE-1');
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('a browser that is closed in the middle of a word has it again', async () => {
      const { page, context } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'preparer-4');
      await beginDraft(page, '关闭');
      await page.route('**/v1/applications/*', (route) =>
        route.request().method() === 'PUT' ? route.abort() : route.continue(),
      );
      await page.locator('[id="facts.certificateNumber"]').pressSequentially('CLOSED-1');
      await see(page, /^已保存在本机/);
      const address = page.url();
      await page.close({ runBeforeUnload: false });

      const again = await context.newPage();
      await again.goto(address);
      await again.getByRole('main').getByRole('button', { name: '登录' }).click();
      await again.locator('[id="facts.certificateNumber"]').waitFor();
      expect(await again.locator('[id="facts.certificateNumber"]').inputValue()).toBe('CLOSED-1');
      await saved(again);
      await context.close();
    });

    it('a session that ends leaves the page as it is, and goes on after a login beside it', async () => {
      const { page, context } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'preparer-5');
      await beginDraft(page, '过期');
      await page.route('**/v1/**', (route) =>
        route.fulfill({ status: 401, contentType: 'application/json', body: '{"message":"Unauthorized"}' }),
      );
      await page.locator('[id="facts.certificateNumber"]').fill('EXPIRED-1');
      await see(page, '登录已过期');
      await page.unroute('**/v1/**');
      const [popup] = await Promise.all([
        context.waitForEvent('page'),
        page.getByRole('button', { name: /重新登录/ }).click(),
      ]);
      // The issuer still knows this browser, so the window closes by itself.
      await expect.poll(() => popup.isClosed(), patient).toBe(true);
      await saved(page);
      expect(await page.locator('[id="facts.certificateNumber"]').inputValue()).toBe('EXPIRED-1');
      await context.close();
    });
  });

  describe('two tabs on one draft', () => {
    it('see each other’s words beside their own, and nothing is overwritten unasked', async () => {
      const { page, context, complaints } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'preparer-6');
      await beginDraft(page, '两个页面');
      const other = await context.newPage();
      await other.goto(page.url());
      await other.getByRole('main').getByRole('button', { name: '登录' }).click();
      await other.locator('[id="facts.certificateNumber"]').fill('SECOND-TAB');
      await saved(other);
      await page.locator('[id="facts.certificateNumber"]').fill('FIRST-TAB');
      await see(page, '内容在别处被修改');
      expect(await page.getByRole('cell', { name: 'FIRST-TAB' }).count()).toBe(1);
      expect(await page.getByRole('cell', { name: 'SECOND-TAB' }).count()).toBe(1);
      expect(await findBarriers(page)).toEqual([]);
      await page.getByRole('button', { name: '保留本页内容' }).click();
      await saved(page);
      await other.reload();
      await expect.poll(number(other), patient).toBe('FIRST-TAB');
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  describe('an upload', () => {
    it('that breaks off is gone on with, and is there once; it is opened, and another cancelled', async () => {
      const { page, context, complaints } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'preparer-7');
      await beginDraft(page, '上传中断');
      await page.goto(page.url().replace(/form$/, 'documents'));
      let broken = 0;
      await page.route(/\/applications\/\w{26}\/\w{26}\?/, (route) => {
        if (route.request().method() !== 'PUT' || broken > 0) return route.continue();
        broken += 1;
        return route.abort('connectionreset');
      });
      const input = page.locator('input[type=file]').first();
      await input.setInputFiles({ name: '证书.pdf', mimeType: 'application/pdf', buffer: samplePdf() });
      let isScanned = false;
      await page.route(/\/v1\/applications\/\w{26}\/documents$/, async (route) => {
        if (route.request().method() !== 'GET' || isScanned) return route.continue();
        const response = await route.fetch();
        const body = (await response.text()).replaceAll('"accepted"', '"quarantined"');
        return route.fulfill({ response, body });
      });
      await page.getByRole('button', { name: '继续上传' }).click();
      await see(page, '正在进行病毒检查');
      isScanned = true;
      await see(page, '已接收');
      expect(await page.getByRole('listitem').filter({ hasText: '证书.pdf' }).count()).toBe(1);

      // Whoever handed it in looks at it again in the page, and takes it from there.
      await page.getByRole('button', { name: '预览 证书.pdf' }).click();
      await page.locator('.pdf-page[data-drawn]').first().waitFor();
      expect(await findBarriers(page)).toEqual([]);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: '下载', exact: true }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('证书.pdf');
      await page.getByRole('button', { name: '预览 证书.pdf' }).click();
      expect(await page.locator('.viewer').count()).toBe(0);
      await input.setInputFiles([
        { name: '首页.png', mimeType: 'image/png', buffer: fileOf('image/png') },
        { name: '尾页.png', mimeType: 'image/png', buffer: fileOf('image/png') },
      ]);
      await page.getByRole('button', { name: '预览 首页.png' }).click();
      const picture = page.locator('.viewer img');
      await expect
        .poll(() => picture.evaluate((shown) => Object(shown).naturalWidth), patient)
        .toBeGreaterThan(0);
      expect(await findBarriers(page)).toEqual([]);

      // One that is cancelled is not there.
      await page.route(/\/applications\/\w{26}\/\w{26}\?/, (route) =>
        route.request().method() === 'PUT' ? undefined : route.continue(),
      );
      await input.setInputFiles({ name: '取消.pdf', mimeType: 'application/pdf', buffer: samplePdf() });
      await page
        .getByRole('listitem')
        .filter({ hasText: '取消.pdf' })
        .getByRole('button', { name: '取消' })
        .click();
      await expect.poll(() => page.getByRole('progressbar').count(), patient).toBe(0);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('of what is no document is refused with the reason', async () => {
      const { page, context } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'preparer-8');
      await beginDraft(page, '坏文件');
      await page.goto(page.url().replace(/form$/, 'documents'));
      await page
        .locator('input[type=file]')
        .first()
        .setInputFiles({
          name: '网页.pdf',
          mimeType: 'application/pdf',
          buffer: Buffer.from('<html>不是文件</html>'),
        });
      await see(page, '未通过检查');
      expect(await page.locator('.wrong').innerText()).toMatch(/[\u4e00-\u9fff]/);
      const harmful = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('');
      const buffer = Buffer.from(
        samplePdf().toString('latin1').replace('%%EOF', `%${harmful}\n%%EOF`),
        'latin1',
      );
      await page
        .locator('input[type=file]')
        .nth(1)
        .setInputFiles({ name: '有毒.pdf', mimeType: 'application/pdf', buffer });
      await see(page, '文件被识别为有害');
      await context.close();
    });
  });
}
