import { beforeAll, describe, expect, it } from 'vitest';
import { declared } from '../../builders/content.ts';
import type { JourneyInstance } from '../../support/instance.ts';
import { type Json, json, Story } from '../../support/story.ts';

/** Self-assessment. Companies 15 and 16. */
export function describeEligibility(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let story: Story;
  beforeAll(() => {
    system = shared();
    story = new Story(system);
  });

  const check = async (changes: Json = {}) =>
    system.call('preparer-15', 'POST', '/v1/eligibility-checks', { body: await story.dcmm(15, changes) });
  const outcomes = (answer: Json) =>
    (answer['eligibility'] as { conditions: { id: string; outcome: string }[] }).conditions.map(
      ({ id, outcome }) => [id, outcome],
    );

  describe('before there is a draft', () => {
    it('a firm sees that it qualifies, and for how much', async () => {
      const answer = await check();
      expect(answer.status).toBe(200);
      expect(json(answer)).toMatchObject({
        item: 'dcmm',
        eligibility: { outcome: 'met' },
        ceiling: { fen: 50_000_000, decisive: 'notice' },
        faults: [],
      });
      const list = await system.call('preparer-15', 'GET', '/v1/applications');
      expect(json(list)['items']).toEqual([]);
    });

    it('a firm sees every condition it fails, and what it has left out', async () => {
      const failing = json(
        await check({ facts: { ...declared, level: 2, certificateValidTo: '2020-01-01' } }),
      );
      expect(outcomes(failing).filter(([, outcome]) => outcome !== 'met')).toEqual([
        ['level-3', 'unmet'],
        ['certificate-valid', 'unmet'],
      ]);
      expect(failing['faults']).toMatchObject([{ path: 'facts.certificateNumber', rule: 'missing-fact' }]);
    });

    it('unknown facts and closed items are refused', async () => {
      const unknown = await check({ facts: { level: 3, turnover: 1 } });
      expect(unknown.status).toBe(400);
      expect((json(unknown)['errors'] as { path: string }[]).map(({ path }) => path)).toEqual([
        'facts.turnover',
      ]);
      const closed = await check({ item: 'nothing' });
      expect([closed.status, json(closed)['code']]).toEqual([409, 'item-not-open']);
    });
  });

  describe('a draft', () => {
    it('is checked as it stands, until it is submitted', async () => {
      const facts = { ...declared, level: 2, certificateNumber: 'D-2', certificateValidTo: '2029-12-31' };
      const applicationId = await story.draft(16, { facts });
      const path = `/v1/applications/${applicationId}`;
      const look = async () => json(await system.call('preparer-16', 'GET', `${path}/eligibility`));
      expect((await look())['eligibility']).toMatchObject({ outcome: 'unmet' });

      const body = await story.dcmm(16, { facts: { ...facts, level: 5 } });
      await system.call('preparer-16', 'PUT', path, { headers: { 'if-match': '"1"' }, body });
      expect((await look())['eligibility']).toMatchObject({ outcome: 'met' });

      await system.call('admin-16', 'POST', `${path}/withdrawal`, { body: {} });
      expect((await look())['code']).toBe('not-in-this-state');
    });
  });
}
