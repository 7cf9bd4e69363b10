import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { homePage, homePageHeaders } from '../../../../functions/publicity/home/home-page.ts';
import { genesisRoot, rootsOf } from '../../../../functions/register/root.ts';
import { shortYuan } from '../../../../functions/shared/yuan.ts';
import { publicAward } from '../../../builders/public-award.ts';
import { policy } from '../../../support/rooms.ts';

const page = (...awards: Parameters<typeof homePage>[1]) => homePage(policy.notice, awards, undefined);
const [root] = rootsOf(genesisRoot, { from: '2026-11-22', to: '2026-11-22', entries: new Map() });

describe('the home page', () => {
  it('says in both languages that nothing is under notice', () => {
    expect(page()).toContain('目前没有公示中的奖励');
    expect(page()).toContain('No awards are under public notice now.');
    expect(page()).not.toContain('<table');
  });

  it('lists an award with its organisation, item, clause, yuan and date in Shanghai', () => {
    const html = page(publicAward({ awardFen: 57_142_800, noticedAt: '2026-11-22T17:00:00.000Z' }));
    for (const text of [
      '广州示例云帆软件有限公司',
      'DCMM 三级以上评估奖励',
      '二(二)6',
      '571,428',
      '>2026-11-23<',
    ]) {
      expect(html).toContain(text);
    }
  });

  it('keeps awards whose notice has ended apart from those under notice', () => {
    const html = page(
      publicAward({ organisationName: 'Running' }),
      publicAward({ organisationName: 'Ended', status: 'closed' }),
    );
    const [noticed = '', closed = ''] = html.split('公示期满');
    expect(noticed).toContain('Running');
    expect(noticed).not.toContain('Ended');
    expect(closed).toContain('Ended');
  });

  it('shows a name that looks like markup as text', () => {
    const html = page(publicAward({ organisationName: `<script>alert("1")</script>&'` }));
    expect(html).not.toContain('<script');
    expect(html).toContain('&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;&#38;&#39;');
  });

  it('links to the listing and to the description of the API', () => {
    expect(page()).toContain('href="/v1/awards"');
    expect(page()).toContain('href="/openapi.json"');
  });

  it('links to the register and shows its latest root once there is one', () => {
    expect(page()).toContain('href="/v1/register/download?format=csv"');
    expect(page()).toContain('href="/v1/register/roots"');
    expect(page()).not.toContain('根哈希');
    expect(homePage(policy.notice, [], root)).toContain(`<code>${root?.root}</code>`);
  });

  it('allows no script and no style but its own', () => {
    const style = /<style>(.*?)<\/style>/s.exec(page())?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    const policyOfPage = homePageHeaders['content-security-policy'];
    expect(policyOfPage).toContain("default-src 'none'");
    expect(policyOfPage).toContain(`style-src 'sha256-${hash}'`);
    expect(page(publicAward())).not.toMatch(/ style="|<script| on[a-z]+=/);
  });
});

describe('an amount in yuan', () => {
  it.each([
    [0, '0'],
    [5, '0.05'],
    [100, '1'],
    [99_999, '999.99'],
    [100_000, '1,000'],
    [123_456_789, '1,234,567.89'],
    [Number.MAX_SAFE_INTEGER, '90,071,992,547,409.91'],
  ])('of %d fen is written %s', (amountFen, text) => {
    expect(shortYuan(amountFen)).toBe(text);
  });

  it('reads back as the same fen', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (amountFen) => {
        const [whole = '', rest = ''] = shortYuan(amountFen).replaceAll(',', '').split('.');
        return BigInt(whole) * 100n + BigInt(rest || '0') === BigInt(amountFen);
      }),
    );
  });
});
