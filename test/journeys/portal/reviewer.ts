import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { findBarriers, logIn, see, visit } from '../../support/browser.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { patient } from '../../support/portal-forms.ts';
import { Story } from '../../support/story.ts';

/** Reviewers of a lead department in the portal. Companies 15 to 18. */
export function describeReviewers(shared: () => { system: JourneyInstance; browser: Browser }): void {
  let system: JourneyInstance;
  let browser: Browser;
  let story: Story;
  beforeAll(() => {
    ({ system, browser } = shared());
    story = new Story(system);
  });

  /** An application before its lead department. */
  async function submitted(company: number, projectName: string) {
    const applicationId = await story.completeDraft(company, { projectName });
    await story.submit(company, applicationId);
    return { applicationId, taskId: await story.task(applicationId) };
  }

  /** A reviewer before the list of what waits. */
  async function inbox(user = 'reviewer-miit-1') {
    const visitor = await visit(browser, system.current.url);
    await visitor.page.goto('/');
    await logIn(visitor.page, user);
    await visitor.page.getByRole('link', { name: '待办审核' }).click();
    await visitor.page.getByRole('table').waitFor();
    return visitor;
  }
  const open = (page: Page, project: string) =>
    page.getByRole('table').getByRole('link', { name: project, exact: true }).click();
  const send = (page: Page) => page.getByRole('button', { name: /^提交/ }).click();
  const drawn = (page: Page) => page.locator('.pdf-page[data-drawn]').first().waitFor();

  describe('a reviewer in the portal', () => {
    it('finds a file, reads its documents, returns one by keyboard and approves the next', async () => {
      const [first, second] = [await submitted(15, '数据治理平台甲'), await submitted(16, '数据治理平台乙')];
      const { page, complaints, context } = await inbox();
      expect(await findBarriers(page)).toEqual([]);
      await page.getByLabel('排序').selectOption('name');
      expect(page.url()).toContain('sort=name');
      await page.getByLabel('单位名称').fill('绝无此名');
      await page.keyboard.press('Enter');
      await see(page, '没有符合筛选条件的待办');
      await page.getByRole('link', { name: '清除筛选' }).click();
      await page.getByRole('checkbox', { name: '选择 数据治理平台甲' }).check();
      await page.getByRole('button', { name: '领取（1）' }).click();
      await see(page, '领取：已完成 1 / 1 件');

      await open(page, '数据治理平台甲');
      await drawn(page);
      await page.getByRole('heading', { name: '申报条件' }).waitFor();
      expect(await findBarriers(page)).toEqual([]);
      // Keys do nothing while somebody types, and can be turned off.
      await page.keyboard.press('?');
      await see(page, '使用单键快捷键');
      await page.getByRole('button', { name: /^退回此项.*证书编号/ }).click();
      await page.getByLabel('证书编号').fill('与证书所载不符 j');
      await see(page, /^已保存到服务器/);
      await page.reload();
      await expect.poll(() => page.getByLabel('证书编号').inputValue(), patient).toBe('与证书所载不符 j');
      await page.getByLabel('补正期限').fill('99');
      await send(page);
      await see(page, /补正期限：1 至/);
      expect(await findBarriers(page)).toEqual([]);
      await page.getByLabel('补正期限').fill('3');
      await page.keyboard.press('Control+Enter');
      await story.reaches(15, first.applicationId, 'returned');

      await page.goto(`/tasks/${second.taskId}`);
      await drawn(page);
      await page.getByRole('heading', { name: '数据治理平台乙' }).click();
      await page.keyboard.press('1');
      await page.getByRole('button', { name: /^填入上限/ }).click();
      await send(page);
      await story.reaches(16, second.applicationId, 'pooled');
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('shows what a correction changed beside what was there before', async () => {
      const { applicationId, taskId } = await submitted(18, '数据治理平台丁');
      const items = [{ path: 'facts.certificateNumber', reason: { zh: '编号与证书不符' } }];
      await story.decide(taskId, { outcome: 'return', items });
      const { preparer } = await story.company(18);
      await story.reaches(18, applicationId, 'returned');
      const path = `/v1/applications/${applicationId}`;
      const { body, headers } = await system.call(preparer, 'GET', path);
      const { content } = body as { content: { facts: object } };
      await system.call(preparer, 'PUT', path, {
        headers: { 'if-match': headers.get('etag') ?? '' },
        body: { ...content, facts: { ...content.facts, certificateNumber: 'DCMM-CORRECTED' } },
      });
      await story.submit(18, applicationId, `again-${applicationId}`);
      await story.task(applicationId);
      const { page, complaints, context } = await inbox();
      await see(page, '补正后第 2 次提交');
      await open(page, '数据治理平台丁');
      await see(page, 'DCMM-CORRECTED');
      await see(page, '已更改');
      expect(await page.locator('.was').count()).toBe(1);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('keeps what is written when somebody else has decided, and says so', async () => {
      const { taskId } = await submitted(17, '数据治理平台丙');
      const { page, complaints, context } = await inbox('reviewer-miit-2');
      await open(page, '数据治理平台丙');
      await drawn(page);
      await page.getByRole('radio', { name: /^不予支持/ }).check();
      await page.getByLabel('依据').selectOption({ index: 1 });
      await page.getByLabel('理由').fill('材料不足');
      await story.decide(taskId, { outcome: 'approve', amountFen: 10_000_000 });
      await send(page);
      await page.getByRole('alert').first().waitFor();
      expect(await page.getByLabel('理由').inputValue()).toBe('材料不足');
      expect(complaints).toEqual([]);
      await context.close();
    });

    it('is nobody from a company', async () => {
      const { page, context } = await visit(browser, system.current.url);
      await page.goto('/');
      await logIn(page, 'admin-17');
      await page.goto('/tasks');
      await see(page, '您的登录身份不是审核人员');
      await context.close();
    });
  });
}
