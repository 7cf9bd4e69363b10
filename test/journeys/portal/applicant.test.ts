import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers, logIn, see, startBrowser, visit } from '../../support/browser.ts';
import { type JourneyInstance, startJourneyInstance } from '../../support/instance.ts';
import { Story, samplePdf } from '../../support/story.ts';

let system: JourneyInstance;
let browser: Browser;
beforeAll(async () => {
  [system, browser] = await Promise.all([startJourneyInstance(), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
/** The number of the certificate as it stands in the form. */
const number = (page: Page) => () => page.locator('[id="facts.certificateNumber"]').inputValue();
const patient = { timeout: 20_000 };
const saved = (page: Page) => see(page, /^已保存到服务器/);

/** Begins a draft of dcmm in the portal, and stands before its form. */
async function beginDraft(page: Page, projectName: string): Promise<void> {
  await page.goto('/measures?open=yes');
  await page.getByRole('link', { name: 'DCMM 三级以上评估奖励' }).click();
  await page.getByRole('link', { name: '开始申报' }).click();
  await field(page, '项目名称').fill(projectName);
  await field(page, '发展方向').selectOption({ index: 1 });
  await field(page, '申请金额').fill('500,000');
  await field(page, '成立日期').fill('2015-06-01');
  await page.getByRole('button', { name: '保存并继续' }).click();
  await page.waitForURL(/\/applications\/\w{26}\/form$/);
  await page.locator('[id="facts.certificateNumber"]').waitFor();
}

async function fillFacts(page: Page): Promise<void> {
  for (const select of await page.locator('select[id^="facts."]').all())
    await select.selectOption({ index: 1 });
  await page.locator('[id="facts.level"]').fill('3');
  await page.locator('[id="facts.certificateNumber"]').fill('DCMM-2026-001');
  await page.locator('[id="facts.certificateValidTo"]').fill('2029-12-31');
}

describe('somebody who has never seen the portal', () => {
  it('applies: from the first page to a receipt', async () => {
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'admin-1');
    await beginDraft(page, '数据管理能力成熟度评估');
    expect(await findBarriers(page)).toEqual([]);
    await fillFacts(page);
    await saved(page);

    // What is missing is named, and its link leads to the field.
    await page.locator('[id="facts.level"]').fill('三级');
    await page.getByRole('button', { name: '继续：上传材料' }).click();
    const summary = page.getByRole('alert').filter({ hasText: '有内容需要修改' });
    expect(await summary.evaluate((box) => box.matches(':focus'))).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    await summary.getByRole('link').first().click();
    expect(await page.locator(':focus').getAttribute('id')).toBe('facts.level');
    await page.locator('[id="facts.level"]').fill('3');
    await page.getByRole('button', { name: '继续：上传材料' }).click();
    await page.waitForURL(/\/documents$/);
    await page.locator('input[type=file]').first().waitFor();

    for (const input of await page.locator('input[type=file]').all()) {
      await input.setInputFiles({ name: '材料.pdf', mimeType: 'application/pdf', buffer: samplePdf() });
    }
    const asked = await page.locator('input[type=file]').count();
    await expect.poll(() => page.getByText('已接收').count(), patient).toBe(asked);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('link', { name: '继续：核对并提交' }).click();
    await page.getByRole('heading', { name: '条件核查' }).waitFor();
    expect(await page.getByText('不符合', { exact: true }).count()).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await see(page, '受理编号');
    await see(page, '提交申报', { exact: true });
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is told what waits, and finds the draft again instead of beginning a second', async () => {
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'preparer-2');
    await beginDraft(page, '第一份草稿');
    await page.goto('/apply/dcmm');
    await see(page, '您已有该事项的草稿');
    await page.getByRole('link', { name: '继续填写“第一份草稿”' }).click();
    await see(page, '这是草稿，尚未提交');
    await page.getByRole('link', { name: /核对（由企业管理员提交）/ }).click();
    await see(page, '提交由本单位的企业管理员完成');
    expect(await page.getByRole('button', { name: '提交', exact: true }).count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('what a department has decided', () => {
  it('comes back to be corrected: only what was returned is open, and goes on to the department again', async () => {
    const story = new Story(system);
    const applicationId = await story.completeDraft(10);
    await story.submit(10, applicationId);
    const items = [
      { path: 'facts.certificateNumber', reason: { zh: '编号与证书不符', en: 'Not the number on it' } },
    ];
    await story.decide(await story.task(applicationId), { outcome: 'return', dueDays: 3, items });
    await story.reaches(10, applicationId, 'returned');

    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'admin-10');
    await page.getByRole('link', { name: '我的申报' }).first().click();
    await page.getByRole('table', { name: '等待您处理' }).getByRole('link').click();
    await see(page, '编号与证书不符');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('link', { name: '填写内容' }).click();
    await page.locator('[id="facts.certificateNumber"]').fill('DCMM-CORRECTED');
    expect(await page.locator('[id="facts.level"]').isDisabled()).toBe(true);
    expect(await page.getByLabel('项目名称').isDisabled()).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    await saved(page);
    await page.getByRole('link', { name: '3 核对并提交' }).click();
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await see(page, '提交补正', { exact: true });
    const { content } = (await story.application(10, applicationId)) as { content: { facts: unknown } };
    expect(content.facts).toMatchObject({ certificateNumber: 'DCMM-CORRECTED' });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('can be reconsidered where it was refused, and the page says by whom and until when', async () => {
    const story = new Story(system);
    const applicationId = await story.completeDraft(11);
    await story.submit(11, applicationId);
    const refusal = { outcome: 'refuse', reason: { zh: '证书无法核实' }, citation: '二(二)6' };
    await story.decide(await story.task(applicationId), refusal);
    await story.reaches(11, applicationId, 'refused');

    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'admin-11');
    await page.goto(`/applications/${applicationId}`);
    await see(page, '证书无法核实');
    await page.getByLabel('复核理由').fill('证书可在发证机构网站查询，编号与所附扫描件一致。');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: '提交复核申请' }).click();
    await see(page, '由未参与原决定的人员复核');
    expect(complaints).toEqual([]);
    await context.close();
  });
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
  it('that breaks off is gone on with, and is there once', async () => {
    const { page, context } = await visit(browser, system.current.url);
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
