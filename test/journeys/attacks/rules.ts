import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { JourneyInstance } from '../../support/instance.ts';
import { type Json, json } from '../../support/story.ts';
import { Attacker, outcome } from './attacker.ts';

type Item = Json & { readonly id: string };
const sample = parse(
  readFileSync(new URL('../../../policy/guides/2026.yaml', import.meta.url), 'utf8'),
) as Json & { readonly items: readonly Item[]; readonly pools: readonly Json[] };

/** Who wants the rules to say something else. None of these guides is published. */
export function attackRules(shared: () => JourneyInstance): void {
  let attacker: Attacker;
  let versions = 0;
  beforeAll(() => {
    attacker = new Attacker(shared());
  });

  const guideOf = (changes: (item: Item) => Json, whole: Json = {}) => {
    versions += 1;
    const items = sample.items.map((item) => (item.id === 'dcmm' ? { ...item, ...changes(item) } : item));
    return { ...sample, version: `2026.9${versions}`, items, ...whole };
  };
  const propose = (guide: Json, more: Json = {}, who = 'operator-1') =>
    attacker.send(who, 'POST', '/v1/guide-proposals', { guide, cause: '调整', ...more });
  const conditions = (item: Item) => item['conditions'] as Json[];
  const published = async () =>
    (await attacker.items('operator-1', '/v1/guides')).map(({ version }) => version).sort();

  describe('an operator who rewrites the rules', () => {
    it.each<[string, (item: Item) => Json, string]>([
      [
        'lets everybody in',
        (item) => ({ conditions: conditions(item).map((one) => ({ ...one, when: 'true' })) }),
        'conditions',
      ],
      [
        'lets everybody in in a roundabout way',
        (item) => ({
          conditions: conditions(item).map((one) => ({ ...one, when: `(${String(one['when'])}) || 1 < 2` })),
        }),
        'conditions',
      ],
      ['asks for less', (item) => ({ conditions: conditions(item).slice(1) }), 'conditions'],
      ['gives a second to object', () => ({ notice: { seconds: 1 } }), 'notice'],
      [
        'tops up what was barred',
        () => ({ deduplication: { levels: ['municipal'], mode: 'top-up' } }),
        'deduplication',
      ],
      ['asks for no papers', () => ({ materials: [] }), 'materials'],
    ])('who %s is seen to weaken them, or refused', async (_, changes, where) => {
      const answer = await propose(guideOf(changes));
      if (answer.status === 400) return;
      expect(answer.status, JSON.stringify(answer.body)).toBe(201);
      const path = `/v1/guide-proposals/${String(json(answer)['proposalId'])}`;
      const { changes: found = [] } = (await attacker.look('approver-1', path)) as { changes?: Json[] };
      const told = found.filter(({ path: place }) => String(place).includes(where));
      expect(
        told.map(({ effect }) => effect),
        JSON.stringify(found),
      ).toEqual(expect.arrayContaining([expect.stringMatching(/^(weaker|unclear)$/)]));
    });

    it.each<[string, (item: Item) => Json]>([
      ['pays what another municipal scheme has paid', () => ({ deduplication: { levels: [], mode: 'bar' } })],
      ['pays more than the notice has', () => ({ amount: { fixed: 99_000_000 } })],
      [
        'runs a program for a condition',
        (item) => ({ conditions: conditions(item).map((one) => ({ ...one, when: 'process.exit()' })) }),
      ],
      ['names an item with a key of the program', () => ({ id: '__proto__' })],
    ])('who %s is refused', async (_, changes) => {
      expect(outcome(await propose(guideOf(changes)))).toBe('400 invalid-request');
    });

    it.each([
      ['in the past', '2026-01-01T00:00:00Z'],
      ['a moment ago', new Date(Date.now() - 600_000).toISOString()],
      ['at no instant', '2027-13-01T00:00:00Z'],
    ])('who has them count from %s is refused', async (_, effectiveFrom) => {
      expect(
        outcome(
          await propose(
            guideOf(() => ({})),
            { effectiveFrom },
          ),
        ),
      ).toBe('400 invalid-request');
    });

    it('publishes nothing alone, by no other login, and nothing but what was seen', async () => {
      const before = await published();
      const { proposalId, contentHash } = json(
        await propose(guideOf(() => ({ notice: { days: 30, unit: 'working' } }))),
      );
      const { contentHash: another } = json(
        await propose(guideOf(() => ({ notice: { days: 31, unit: 'working' } }))),
      );
      const path = `/v1/guide-proposals/${String(proposalId)}/decision`;
      const home = await shared().tokenWith('operator-1', {
        sub: 'operator-1-at-home',
        roles: ['budget-approver'],
      });
      const confirm = { outcome: 'confirm', contentHash };
      const answers = [
        await attacker.send('operator-1', 'POST', path, confirm),
        await attacker.send('operator-2', 'POST', path, confirm),
        await attacker.send(home, 'POST', path, confirm),
        await attacker.send('auditor-1', 'POST', path, confirm),
        await attacker.send('approver-1', 'POST', path, { ...confirm, contentHash: another }),
        await attacker.send('approver-1', 'POST', path, { ...confirm, contentHash: '' }),
        await attacker.send('approver-1', 'POST', path, { outcome: 'confirm' }),
      ];
      expect(answers.map(outcome)).toEqual([
        ...['403 forbidden', '403 forbidden', '403 not-granted', '403 forbidden'],
        ...['412 version-mismatch', '412 version-mismatch', '400 invalid-request'],
      ]);
      expect(await published()).toEqual(before);
      const refuse = { outcome: 'refuse', contentHash, reason: '不采纳' };
      await attacker.done('approver-1', 'POST', path, refuse);
      expect(outcome(await attacker.send('approver-2', 'POST', path, confirm))).toBe('409 not-in-this-state');
      expect(await published()).toEqual(before);
    });
  });
}
