import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readCalendarText, readNoticeText } from '../../../../policy/compile.ts';

const noticeText = readFileSync(new URL('../../../../policy/notice.yaml', import.meta.url), 'utf8');
const calendarText = readFileSync(new URL('../../../../policy/calendars/2026.yaml', import.meta.url), 'utf8');

function changed(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`the file has no ${from}`);
  return text.replace(from, to);
}

describe('the notice', () => {
  it.each([
    [
      'a department twice',
      '- id: gz-cac',
      '- id: gz-sti',
      'departments.gz-sti.id: gz-sti stands twice in departments',
    ],
    [
      'a direction twice',
      '- id: ecosystem',
      '- id: platform',
      'directions.platform.id: platform stands twice in directions',
    ],
    [
      'a cited document twice',
      '- id: talent-plan',
      '- id: software-plan-14',
      'citedDocuments.software-plan-14.id: software-plan-14 stands twice in citedDocuments',
    ],
    ['an item twice', '- id: events', '- id: talent', 'items.talent.id: talent stands twice in items'],
    [
      'a part twice',
      'id: b\n        kind: outside',
      'id: a\n        kind: outside',
      'items.software-park.parts.a.id: a stands twice in parts',
    ],
    [
      'a part beside the whole',
      'id: b\n        kind: outside',
      'id: all\n        kind: outside',
      'items.software-park.parts: the part all stands alone',
    ],
    [
      'parts of two items with one id',
      '- id: first-release-entry',
      '- id: core-tech-a',
      'items.core-tech-a.parts.all: core-tech-a is what a part of core-tech is called',
    ],
    [
      'an unknown leading department of a direction',
      'lead: [gz-cac,',
      'lead: [gz-xyz,',
      'directions.foundation.lead.0: no department gz-xyz',
    ],
    [
      'an unknown leading department of an item',
      'lead: [gz-sasac]',
      'lead: [gz-xyz]',
      'items.xinchuang.parts.b.lead.0: no department gz-xyz',
    ],
    [
      'an unknown supporting department',
      'support: [districts]\n  - id: open-source',
      'support: [towns]\n  - id: open-source',
      'items.software-purchase.parts.all.support.0: no department towns',
    ],
    [
      'an unknown successor',
      'successor: gz-finance-office',
      'successor: gz-xyz',
      'departments.gz-finance-regulator.successor: no successor gz-xyz',
    ],
    [
      'a successor of itself',
      'successor: gz-finance-office',
      'successor: gz-finance-regulator',
      'departments.gz-finance-regulator.successor: succession goes in a circle: gz-finance-regulator',
    ],
    [
      'two that succeed each other',
      '- id: gz-finance-office\n',
      '- id: gz-finance-office\n    successor: gz-finance-regulator\n',
      'departments.gz-finance-office.successor: succession goes in a circle: gz-finance-office → gz-finance-regulator',
    ],
    [
      'a cited document without its successor',
      'citedIn: 二(四)12',
      'citedIn: 二(四)12\n    successor: plan-b',
      'citedDocuments.talent-plan.successor: no successor plan-b',
    ],
    [
      'a measure without an item',
      'measures:\n',
      'measures:\n  - clause: 二(四)14\n    title: { zh: 一, en: One }\n    summary: { zh: 一, en: One }\n',
      'measures.0.clause: the measure 二(四)14 has no item',
    ],
    [
      'an item of no measure',
      'id: events\n    clause: 二(四)13',
      'id: events\n    clause: 二(四)14',
      'items.events.clause: no measure 二(四)14',
    ],
    [
      'a measure twice',
      'clause: 二(四)13\n    title: { zh: 行业活动',
      'clause: 二(四)12\n    title: { zh: 行业活动',
      'measures.12.id: 二(四)12 stands twice in measures',
    ],
    [
      'pay without a ceiling',
      '        ceiling: { kind: fixed, yuan: 500000 }\n',
      '',
      'items.dcmm.parts.all: what is paid has a ceiling',
    ],
    [
      'a ceiling without pay',
      'kind: referral\n        title: { zh: 软件行业活动推荐',
      'kind: referral\n        ceiling: { kind: fixed, yuan: 1 }\n        title: { zh: 软件行业活动推荐',
      'items.events.parts.all.ceiling: referral has no ceiling in the notice',
    ],
    [
      'a tier twice',
      '{ id: revenue-1b,',
      '{ id: revenue-200m,',
      'items.growth-milestone.parts.all.ceiling.tiers.revenue-200m.id: revenue-200m stands twice in tiers',
    ],
    [
      'tiers that do not rise',
      'reachedAtYuan: 1000000000',
      'reachedAtYuan: 200000000',
      'items.growth-milestone.parts.all.ceiling.tiers.revenue-1b: a higher tier is reached later and pays more than the one before it',
    ],
    [
      'a life that ends before it begins',
      'to: 2028-08-27',
      'to: 2018-08-27',
      'inForce.to: it goes out of force before it comes into force',
    ],
    [
      'a translation left empty',
      ', en: Municipal Cyberspace Affairs Office',
      ", en: ''",
      'departments.gz-cac.name.en: the translation is missing',
    ],
    [
      'a translation left blank',
      ', en: Municipal Cyberspace Affairs Office',
      ", en: ' '",
      'departments.gz-cac.name.en: the translation is missing',
    ],
    [
      'a translation left out',
      ', en: Municipal Cyberspace Affairs Office',
      '',
      'departments.gz-cac.name.en: the translation is missing',
    ],
  ])('with %s is refused', (_, from, to, fault) => {
    const { data, faults } = readNoticeText(changed(noticeText, from, to), 'notice.yaml');
    expect(data).toBeUndefined();
    expect(faults.map((line) => line.replace(/^notice\.yaml:\d+: /, ''))).toContain(fault);
  });
});

describe('a calendar', () => {
  it.each([
    ['a day of another year', '- 2026-10-10', '- 2027-10-10', 'workdays.5: 2027-10-10 is not in 2026'],
    [
      'a working day that is a plain weekday',
      '- 2026-10-10',
      '- 2026-10-09',
      'workdays.5: 2026-10-09 is a weekday, worked without being listed',
    ],
    [
      'a day off that is a plain weekend day',
      '- 2026-06-19',
      '- 2026-06-20',
      'holidays.12: 2026-06-20 is a weekend day, off without being listed',
    ],
    ['a day twice', '- 2026-06-19', '- 2026-05-05', 'holidays.12: 2026-05-05 stands twice'],
    ['a day that does not exist', '- 2026-06-19', '- 2026-06-31', 'holidays.12: Invalid ISO date'],
  ])('with %s is refused with its line', (_, from, to, fault) => {
    const text = changed(calendarText, from, to);
    const { data, faults } = readCalendarText(text, '2026.yaml');
    const line = text.split('\n').lastIndexOf(`  ${to}`) + 1;
    expect(data).toBeUndefined();
    expect(faults).toEqual([`2026.yaml:${line}: ${fault}`]);
  });
});
