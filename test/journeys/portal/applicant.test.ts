import { readFile } from 'node:fs/promises';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBarriers, logIn, see, startBrowser, visit } from '../../support/browser.ts';
import { type JourneyInstance, startJourneyInstance } from '../../support/instance.ts';
import { beginDraft, field, fillFacts, number, patient, saved } from '../../support/portal-forms.ts';
import { Story, samplePdf } from '../../support/story.ts';
import { filesOfZip } from '../../support/zip-files.ts';
import { describeAgreedAccount } from './agreed-account.ts';
import { describeMishaps } from './mishaps.ts';
import { describeReviewers } from './reviewer.ts';

let system: JourneyInstance;
let browser: Browser;
beforeAll(async () => {
  [system, browser] = await Promise.all([startJourneyInstance(), startBrowser()]);
}, 120_000);
afterAll(async () => {
  await browser?.close();
  await system?.stop();
});

/** When the sample's windows close. */
const closing = Date.parse('2028-08-01T00:00:00Z');

/** In the page: what the control that has the focus is called. */
const nameOfFocused = `(() => {
  const focused = document.activeElement;
  const label = focused.id === '' ? null : document.querySelector('label[for="' + focused.id + '"]');
  return (label ?? focused.closest('label') ?? focused).textContent.trim();
})()`;

/** Goes on by the tabulator until the focus is on what is called so. */
async function reach(page: Page, name: string | RegExp): Promise<void> {
  for (let step = 0; step < 120; step += 1) {
    await page.keyboard.press('Tab');
    const called = String(await page.evaluate(nameOfFocused));
    if (typeof name === 'string' ? called === name : name.test(called)) return;
  }
  throw new Error(`no key leads to ${name}`);
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
    await see(page, /最多可获 500,000\.00 元.*起决定作用的是：/);
    expect(await page.getByText('不符合', { exact: true }).count()).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await see(page, '受理编号');
    await see(page, '提交申报', { exact: true });
    // On paper it says what it is, and of which files.
    expect(await page.getByText('申报回执').isVisible()).toBe(false);
    await page.emulateMedia({ media: 'print' });
    await see(page, '申报回执');
    await expect.poll(() => page.getByText(/^SHA-256 [0-9a-f]{64}$/).count(), patient).toBe(asked);
    await page.emulateMedia({ media: 'screen' });

    // What was sent comes back as one file, the same for whoever may read it.
    const downloading = page.waitForEvent('download', { timeout: 60_000 });
    await page.getByRole('button', { name: '下载申报档案（含全部材料）' }).click();
    const download = await downloading;
    const applicationId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    const dossier = await readFile(await download.path());
    expect(download.suggestedFilename()).toBe(`${applicationId}-1.zip`);
    const files = filesOfZip(dossier);
    expect(files.size).toBe(asked + 3);
    const whole = [...files.values()].filter((file) => file.toString().startsWith('%PDF-1.4'));
    expect(whole).toHaveLength(asked);
    const audited = `/v1/audit/applications/${applicationId}/dossier`;
    const { body } = await system.call('auditor-1', 'POST', audited);
    const same = await fetch((body as { url: string }).url);
    expect(Buffer.from(await same.arrayBuffer()).equals(dossier)).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('types what is wrong, in two languages, goes back and loads the page again: nothing is lost', async () => {
    const applicationId = await new Story(system).draft(14);
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'preparer-14');
    await page.goto(`/applications/${applicationId}/form`);
    await page.locator('[id="facts.certificateNumber"]').fill('DCMM-2026-002');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await number(page)()).toBe('DCMM-2026-002');
    await page.getByRole('link', { name: '2 Documents' }).click();
    await page.locator('input[type=file]').first().waitFor();
    await page.goBack();
    await expect.poll(number(page), patient).toBe('DCMM-2026-002');
    await page.getByRole('button', { name: '中文' }).click();
    await saved(page);

    // A field that is wrong holds up no other one, stays as it was typed, and is told apart.
    await page.locator('[id="facts.level"]').fill('三级');
    await see(page, '其中 1 项有误，只保存在本机');
    await page.reload();
    await expect.poll(() => page.locator('[id="facts.level"]').inputValue(), patient).toBe('三级');
    expect(await page.getByText('内容在别处被修改').count()).toBe(0);
    // What is missing or wrong is named, and its link leads to the field.
    await page.getByRole('button', { name: '继续：上传材料' }).click();
    const summary = page.getByRole('alert').filter({ hasText: '有内容需要修改' });
    expect(await summary.evaluate((box) => box.matches(':focus'))).toBe(true);
    expect(await findBarriers(page)).toEqual([]);
    await summary.getByRole('link').first().click();
    expect(await page.locator(':focus').getAttribute('id')).toBe('facts.level');
    // Likewise what the server alone knows to be wrong.
    await page.locator('[id="facts.level"]').fill('2');
    await field(page, '成立日期').fill('2099-01-01');
    await see(page, '其中 1 项有误，只保存在本机');
    const conditions = page.getByRole('region', { name: '条件核查' });
    await see(conditions, '不符合', { exact: true });
    await page.reload();
    await expect.poll(() => field(page, '成立日期').inputValue(), patient).toBe('2099-01-01');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is told what the last minutes mean by the server’s clock, and finds the form to fill in', async () => {
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'preparer-16');
    await page.route('**/v1/applications?*', async (route) => {
      const answer = await route.fetch();
      const date = new Date(closing - 4_000).toUTCString();
      await route.fulfill({ response: answer, headers: { ...answer.headers(), date } });
    });
    await page.goto('/apply/dcmm');
    await see(page, '服务器在截止时刻前收到的提交有效');
    await see(page, '期限已过，不能再提交');
    expect(await findBarriers(page)).toEqual([]);
    const [template] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '下载模板 承诺书' }).click(),
    ]);
    expect(template.suggestedFilename()).toBe('undertaking.docx');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('begins with nothing, and is told what is missing and what fails while typing', async () => {
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'preparer-2');
    await page.goto('/apply/dcmm');
    await page.getByRole('button', { name: '开始填写' }).click();
    await page.waitForURL(/\/applications\/\w{26}\/form$/);
    // Empty, it is on the server all the same; conditions say what they wait for, and lead to it.
    const conditions = page.getByRole('region', { name: '条件核查' });
    await conditions.getByRole('link').first().click();
    expect(await page.locator(':focus').getAttribute('id')).toMatch(/^(facts\.\w+|district|registeredOn)$/);
    await page.locator('[id="facts.level"]').fill('2');
    await see(conditions, '不符合', { exact: true });
    await page.locator('[id="facts.level"]').fill('3');
    await expect.poll(() => conditions.getByText('不符合', { exact: true }).count(), patient).toBe(0);
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('finds the draft again instead of beginning a second, and deletes it', async () => {
    await new Story(system).draft(15, { projectName: '第一份草稿', facts: {} });
    const { page, complaints, context } = await visit(browser, system.current.url);
    await page.goto('/');
    await logIn(page, 'preparer-15');
    await page.goto('/apply/dcmm');
    await see(page, '您已有该事项的草稿');
    await page.getByRole('link', { name: '继续填写“第一份草稿”' }).click();
    await see(page, '这是草稿，尚未提交');
    const draft = page.url();
    await page.getByRole('link', { name: /核对（由企业管理员提交）/ }).click();
    await see(page, '提交由本单位的企业管理员完成');
    await see(page, '提交前还需补全');
    expect(await page.getByRole('button', { name: '提交', exact: true }).count()).toBe(0);

    await page.goto(draft);
    await page.getByRole('button', { name: '删除草稿' }).click();
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: '确认删除' }).click();
    await page.waitForURL(/\/applications$/);
    await see(page, '还没有申报');
    await page.goto(draft);
    await see(page, '没有这个页面');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('somebody without a mouse', () => {
  it('goes from the first page to the receipt by keys alone', async () => {
    const story = new Story(system);
    await story.completeDraft(12, { projectName: '只用键盘' });
    const { page, complaints, context } = await visit(browser, system.current.url, {
      reducedMotion: 'reduce',
    });
    await page.goto('/');
    await reach(page, '登录');
    await page.keyboard.press('Enter');
    await page.locator('button[value="admin-12"]').waitFor();
    await reach(page, /^admin-12|admin-12/);
    await page.keyboard.press('Enter');
    await see(page, '等待您处理');
    await reach(page, '只用键盘');
    await page.keyboard.press('Enter');
    await see(page, '轮到您');
    await reach(page, '填写内容');
    await page.keyboard.press('Enter');
    await page.locator('[id="facts.level"]').waitFor();
    await reach(page, 'DCMM 等级');
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('4');
    await reach(page, '继续：上传材料');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/documents$/);
    await page.locator('input[type=file]').first().waitFor();
    const chosen = page.waitForEvent('filechooser');
    await reach(page, /^选择文件/);
    await page.keyboard.press('Enter');
    await (await chosen).setFiles({ name: '另一份.pdf', mimeType: 'application/pdf', buffer: samplePdf() });
    await see(page, '另一份.pdf');
    await expect.poll(() => page.getByText('已接收').count(), patient).toBe(4);
    await reach(page, '继续：核对并提交');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '条件核查' }).waitFor();
    await reach(page, /本单位承诺/);
    await page.keyboard.press('Space');
    await reach(page, '提交');
    await page.keyboard.press('Enter');
    await see(page, '提交申报', { exact: true });
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

describeAgreedAccount(() => ({ system, browser }));

describeMishaps(() => ({ system, browser }));
describeReviewers(() => ({ system, browser }));
