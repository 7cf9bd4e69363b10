import type { Browser } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { findBarriers, logIn, see, visit } from '../../support/browser.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { Story } from '../../support/story.ts';

const patient = { timeout: 20_000 };

/** The account that a company is paid to, by two of its people in their browsers. */
export function describeAgreedAccount(
  running: () => { readonly system: JourneyInstance; readonly browser: Browser },
): void {
  describe('the account that a company is paid to', () => {
    it('is proposed by one of its people and confirmed by another, who sees what happened', async () => {
      const { system, browser } = running();
      const one = await visit(browser, system.current.url);
      await one.page.goto('/account');
      await logIn(one.page, 'preparer-8');
      await see(one.page, '尚无生效的收款账户');
      await one.page.getByLabel('开户银行及支行', { exact: true }).fill('示例银行广州分行');
      await one.page.getByLabel('联行号（12 位）', { exact: true }).fill('102581000013');
      await one.page.getByLabel('账号', { exact: true }).fill('6222 0200 0000');
      await one.page.getByLabel('户名', { exact: true }).fill('广州示例另一家有限公司');
      await one.page.getByRole('button', { name: '提出', exact: true }).click();
      await see(one.page, '户名须与申报单位名称一致');
      const { name } = await new Story(system).company(8);
      await one.page.getByLabel('户名', { exact: true }).fill(name);
      await one.page.getByRole('button', { name: '提出', exact: true }).click();
      await see(one.page, '提出人不得自行确认');
      expect(await one.page.getByRole('button', { name: '确认', exact: true }).count()).toBe(0);
      expect(await findBarriers(one.page)).toEqual([]);

      const two = await visit(browser, system.current.url);
      await two.page.goto('/account');
      await logIn(two.page, 'admin-8');
      await see(two.page, '请与提出人核实账户后再确认');
      expect(await findBarriers(two.page)).toEqual([]);
      await two.page.getByRole('button', { name: '确认', exact: true }).click();
      await see(two.page, '已告知本单位全体人员');
      const rows = two.page.getByRole('table', { name: '变更经过' }).getByRole('row');
      await expect.poll(() => rows.count(), patient).toBe(3);
      await expect
        .poll(async () => {
          await two.page.reload();
          await see(two.page, '变更经过');
          return two.page.getByText('尚无生效的收款账户').count();
        }, patient)
        .toBe(0);
      expect(await findBarriers(two.page)).toEqual([]);
      await two.page.goto('/messages');
      await see(two.page, '收款账户变更已确认');
      expect([...one.complaints, ...two.complaints]).toEqual([]);
      await Promise.all([one.context.close(), two.context.close()]);
    });
  });
}
