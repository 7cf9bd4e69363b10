import type { Page } from 'playwright-core';
import { declared } from '../builders/content.ts';
import { see } from './browser.ts';

/** The control with a label. */
export const field = (page: Page, label: string) => page.getByLabel(label, { exact: true });
/** The number of the certificate as it stands in the form. */
export const number = (page: Page) => () => page.locator('[id="facts.certificateNumber"]').inputValue();
/** For what the system does by itself. */
export const patient = { timeout: 20_000 };
/** Waits until the page says that the server has it. */
export const saved = (page: Page) => see(page, /^已保存到服务器/);

/** Begins a draft of dcmm in the portal, and stands before its form, the first part of which is filled in and saved. */
export async function beginDraft(page: Page, projectName: string): Promise<void> {
  await page.goto('/measures?open=yes');
  await page.getByRole('link', { name: 'DCMM 三级以上评估奖励' }).click();
  await page.getByRole('link', { name: '开始申报' }).click();
  await page.getByRole('button', { name: '开始填写' }).click();
  await page.waitForURL(/\/applications\/\w{26}\/form$/);
  await field(page, '项目名称').fill(projectName);
  await field(page, '发展方向').selectOption({ index: 1 });
  await field(page, '申请金额').fill('500,000');
  await field(page, '登记所在区').selectOption({ label: '天河区' });
  await field(page, '成立日期').fill('2015-06-01');
  await field(page, '国民经济行业代码（可不填）').fill('I6513');
  await see(page.getByRole('heading', { name: '条件核查' }).locator('..'), '符合', { exact: true });
  await saved(page);
}

/** States what the guide asks for, so that every condition is met. */
export async function fillFacts(page: Page): Promise<void> {
  for (const select of await page.locator('select[id^="facts."]').all())
    await select.selectOption({ index: 1 });
  for (const [fact, value] of Object.entries(declared))
    await page.locator(`[name="facts.${fact}"][value=${value ? 'yes' : 'no'}]`).check();
  await page.locator('[id="facts.level"]').fill('3');
  await page.locator('[id="facts.certificateNumber"]').fill('DCMM-2026-001');
  await page.locator('[id="facts.certificateValidTo"]').fill('2029-12-31');
}
