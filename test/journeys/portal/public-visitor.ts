import { expect } from 'vitest';
import { findBarriers, logIn, see, startBrowser, visit } from '../../support/browser.ts';
import { samplePdf } from '../../support/story.ts';

/**
 * What somebody without a login does with an award and the register: complains with evidence, keeps the receipt, looks how it
 * stands; and verifies the register, also one in which an amount was altered on its way.
 * @param codeTo the code that came to an address
 */
export async function visitAsPublic(
  url: string,
  organisationName: string,
  codeTo: (address: string) => Promise<string>,
): Promise<void> {
  const browser = await startBrowser();
  try {
    const { page, complaints, context } = await visit(browser, url);
    const field = (label: string) => page.getByLabel(label, { exact: true });
    await page.goto('/awards');
    await page
      .getByRole('row', { name: new RegExp(organisationName) })
      .getByRole('link', { name: /投诉或举报|提出异议/ })
      .first()
      .click();
    await see(page, '本浏览器不保存您填写的任何内容');
    await page.getByRole('button', { name: '提交', exact: true }).click();
    const summary = page.getByRole('alert').filter({ hasText: '有内容需要修改' });
    await summary.waitFor();
    expect(await findBarriers(page)).toEqual([]);

    await field('类型').selectOption({ label: '投诉：办理过程有问题' });
    await field('理由和事实').fill('评审过程没有公开评分办法，请予说明。');
    await page
      .getByLabel(/^证据/)
      .setInputFiles({ name: '情况说明.pdf', mimeType: 'application/pdf', buffer: samplePdf() });
    await field('姓名或单位名称').fill('何示例');
    await field('身份证件号码或统一社会信用代码').fill('E87654321');
    await field('联系电话').fill('020-89876543');
    await field('确认码发到').selectOption({ label: '上面的电子邮箱' });
    await field('电子邮箱').fill('visitor@example.org');
    await page.getByRole('button', { name: '获取确认码' }).click();
    await see(page, '确认码已发出');
    await page.getByRole('button', { name: 'English' }).click();
    expect(await page.getByLabel('Grounds and facts').inputValue()).toContain('评分办法');
    expect(await findBarriers(page)).toEqual([]);
    await page.getByRole('button', { name: '中文' }).click();
    await field('确认码').fill(await codeTo('visitor@example.org'));
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await see(page, '请立即打印或抄下编号和回执码');
    await see(page, '已传送');
    expect(await findBarriers(page)).toEqual([]);
    const [number = '', receipt = ''] = await page.locator('dd code').allInnerTexts();

    // Of who it was, this browser keeps nothing.
    const kept = String(
      await page.evaluate(
        '(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, await indexedDB.databases(), location.href]))()',
      ),
    );
    for (const secret of ['何示例', 'E87654321', 'visitor@example.org', receipt]) {
      expect(kept).not.toContain(secret);
    }

    await page.getByRole('link', { name: '查询办理情况' }).click();
    await field('编号').fill(number);
    await field('回执码').fill('wrong-receipt');
    await page.getByRole('button', { name: '查询' }).click();
    await page.getByRole('alert').waitFor();
    await field('回执码').fill(receipt);
    await page.getByRole('button', { name: '查询' }).click();
    await see(page, '已收到，正在审查是否受理');
    expect(page.url()).not.toContain(receipt);
    expect(await findBarriers(page)).toEqual([]);

    // Whoever is logged in is known by that, and needs no code.
    await page.goto('/awards');
    await logIn(page, 'preparer-19');
    await page
      .getByRole('row', { name: new RegExp(organisationName) })
      .getByRole('link', { name: /投诉或举报|提出异议/ })
      .first()
      .click();
    await field('理由和事实').fill('申报材料中的合同与公开信息不符，请予核实。');
    await field('姓名或单位名称').fill('何示例');
    await field('身份证件号码或统一社会信用代码').fill('E87654321');
    await field('联系电话').fill('020-89876543');
    expect(await field('确认码').count()).toBe(0);
    await page.getByRole('button', { name: '提交', exact: true }).click();
    await see(page, '请立即打印或抄下编号和回执码');

    await page.goto('/register');
    for (const by of ['各年度', '年各条款', '年各区']) {
      const sums = page.getByRole('table', { name: new RegExp(`${by}拨付净额`) });
      await sums.getByRole('row').nth(1).waitFor();
    }
    await page.getByRole('button', { name: '开始核验' }).click();
    await see(page, '核验通过');
    await page.route('**/v1/register/download?*', async (route) => {
      const answer = await route.fetch();
      const text = (await answer.text()).replace(/("amountFen":\s*)(\d)/, '$19');
      await route.fulfill({ response: answer, body: text });
    });
    await page.getByRole('button', { name: '开始核验' }).click();
    await see(page, '核验未通过');
    await see(page, '内容与旁边的哈希不符');
    expect(await findBarriers(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  } finally {
    await browser.close();
  }
}
