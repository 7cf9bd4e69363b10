import { describe, expect, it } from 'vitest';
import { areOfTwoEnterprises } from '../../../../functions/registry/awards/enterprise-name.ts';

const own = '广州示例云帆软件有限公司';

describe('two names of enterprises', () => {
  it.each([
    own,
    '廣州示例雲帆軟件有限公司',
    '广州示例云帆软件股份有限公司',
    '广州市示例云帆软件有限公司',
    '示例云帆软件有限公司',
    '广州示例云帆软件有限公司（天河）',
    '广州示例云帆软仵有限公司',
    '',
  ])('are of one: %s', (other) => {
    expect(areOfTwoEnterprises(own, other)).toBe(false);
    expect(areOfTwoEnterprises(other, own)).toBe(false);
  });

  it.each([
    '北京示例云帆软件有限公司',
    '广州示例南岭科技有限公司',
    '广州示例软件有限公司',
    '广州有限公司',
    'Yunfan Software Ltd',
  ])('are of two: %s', (other) => {
    expect(areOfTwoEnterprises(own, other)).toBe(true);
    expect(areOfTwoEnterprises(other, own)).toBe(true);
  });
});
