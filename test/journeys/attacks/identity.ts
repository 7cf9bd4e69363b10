import { beforeAll, describe, expect, it } from 'vitest';
import type { JourneyInstance } from '../../support/instance.ts';
import { type Json, json, Story } from '../../support/story.ts';
import { Attacker, outcome } from './attacker.ts';

/** Who wants to be two people, or somebody else. */
export function attackIdentity(shared: () => JourneyInstance): void {
  let system: JourneyInstance;
  let attacker: Attacker;
  let story: Story;
  beforeAll(() => {
    system = shared();
    attacker = new Attacker(system);
    story = new Story(system);
  });
  const me = async (user: string, claims: Json) =>
    attacker.send(await system.tokenWith(user, claims), 'GET', '/v1/me');

  describe('a login that says too much', () => {
    it.each<[string, string, Json]>([
      ['a role behind another word', 'preparer-18', { roles: 'x operator' }],
      ['a role in another case', 'operator-1', { roles: ['Operator'] }],
      ['a role within a role', 'operator-1', { roles: [['operator']] }],
      ['a role under a name', 'operator-1', { roles: { operator: true } }],
      ['roles that one person does not have', 'operator-1', { roles: ['operator', 'budget-approver'] }],
      [
        'to apply and to decide',
        'preparer-18',
        { roles: ['preparer', 'lead-reviewer'], department: 'gz-miit' },
      ],
      ['no organisation', 'preparer-18', { organisation: null }],
      ['two organisations', 'preparer-18', { organisation: ['91440106MADEMP12A', '91440106MADEMP13B'] }],
      ['an organisation of another form', 'preparer-18', { organisation: '440106000012345' }],
      ['an organisation’s name that is turned round', 'preparer-18', { organisation_name: '\u202e司公例示' }],
      ['a department that there is not', 'reviewer-miit-1', { department: 'gz-miit-2' }],
      ['two departments', 'reviewer-miit-1', { department: 'gz-miit,gz-sti' }],
      ['no person', 'operator-1', { person_id: undefined }],
      ['nobody verified', 'operator-1', { person_id: '' }],
      ['to be the system', 'operator-1', { sub: 'system' }],
      ['a name of two lines', 'operator-1', { sub: 'operator-1\nsystem' }],
    ])('%s, is refused', async (_, user, claims) => {
      expect(outcome(await me(user, claims))).toMatch(/^40[13] (login-refused|not-granted|unauthenticated)$/);
    });

    it.each<[string, Json]>([
      ['was made for the portal', { nonce: 'n' }],
      ['is an ID token by its kind', { token_use: 'id' }],
      ['is a refresh token', { typ: 'Refresh' }],
      ['is a logout token', { events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }],
      ['has another audience', { aud: 'another-system' }],
      ['is of another issuer', { iss: 'http://127.0.0.1:1/oidc' }],
      ['has expired', { exp: 1_700_000_000 }],
      ['never ends', { exp: undefined }],
      ['is of tomorrow', { iat: Math.floor(Date.now() / 1000) + 86_400 }],
      ['counts from tomorrow', { nbf: Math.floor(Date.now() / 1000) + 86_400 }],
    ])('that %s, is nobody’s', async (_, claims) => {
      expect((await me('operator-1', claims)).status).toBe(401);
    });
  });

  describe('somebody with two logins', () => {
    it.each(['other-operator', 'OPERATOR-1', 'operator-1 '])('is one person by both: %s', async (sub) => {
      const claims = { sub, person_id: 'DEMO:OPERATOR-1' };
      const answer = await me('operator-1', claims);
      if (answer.status === 200) expect(json(answer)['personId']).toBe('operator-1');
      else expect(outcome(answer)).toMatch(/^40[13] /);
    });

    it('neither applies as an official, nor decides as an applicant', async () => {
      const { uscc, name } = await story.company(18);
      const company = {
        organisation: uscc,
        organisation_name: name,
        roles: ['preparer'],
        department: undefined,
      };
      const asApplicant = await me('reviewer-miit-1', { ...company, sub: 'reviewer-at-home' });
      const asOfficial = await me('preparer-18', {
        ...{ sub: 'preparer-at-work', roles: ['lead-reviewer'], department: 'gz-miit' },
        ...{ organisation: undefined, organisation_name: undefined },
      });
      expect([asApplicant, asOfficial].map(outcome)).toEqual(['403 login-refused', '403 not-granted']);
    });

    it('has the roles of nobody else, whose login they take', async () => {
      const { uscc, name } = await story.company(18);
      for (const user of ['preparer-18', 'operator-2', 'approver-1']) await attacker.look(user, '/v1/me');
      const answers = [
        await me('preparer-18', { sub: 'operator-1' }),
        await me('operator-1', { sub: 'approver-1', roles: ['budget-approver'] }),
        await me('operator-1', { sub: 'operator-2' }),
        await me('preparer-17', { sub: 'preparer-18', organisation: uscc, organisation_name: name }),
      ];
      for (const answer of answers) expect(outcome(answer)).toMatch(/^403 (login-refused|not-granted)$/);
    });

    it('has no department but the one that was granted', async () => {
      expect(outcome(await me('reviewer-miit-1', { department: 'gz-sti' }))).toBe('403 not-granted');
      expect(outcome(await me('reviewer-miit-1', { department: undefined }))).toMatch(/^403 /);
    });

    it('grants themselves nothing, and confirms nothing of their own', async () => {
      const grant = { role: 'auditor', reason: '临时' };
      const own = await attacker.send('access-admin-1', 'POST', '/v1/grants', {
        ...grant,
        identifier: 'demo:ACCESS-ADMIN-1',
      });
      expect(outcome(own)).toBe('403 same-person');
      const proposed = await attacker.done('access-admin-1', 'POST', '/v1/grants', {
        ...grant,
        identifier: 'E76543210',
      });
      const path = `/v1/grants/${String(proposed['reference'])}/${String(proposed['grantId'])}/decision`;
      const confirm = { outcome: 'confirm', contentHash: proposed['contentHash'] };
      const home = await system.tokenWith('access-admin-1', {
        sub: 'admin-at-home',
        person_id: 'Demo:Access-Admin-1',
      });
      const answers = [
        await attacker.send('access-admin-1', 'POST', path, confirm),
        await attacker.send(home, 'POST', path, confirm),
        await attacker.send('operator-1', 'POST', path, confirm),
        await attacker.send('access-admin-2', 'POST', path, { ...confirm, contentHash: 'f'.repeat(64) }),
      ];
      expect(answers.map(outcome)).toEqual([
        '403 same-person',
        '403 same-person',
        '403 forbidden',
        '412 version-mismatch',
      ]);
      await attacker.done('access-admin-2', 'POST', path, {
        ...confirm,
        outcome: 'refuse',
        reason: '不需要',
      });
    });
  });

  describe('a login by a password alone', () => {
    it.each<[string, string, string, Json]>([
      ['moves no money', 'operator-1', '/v1/payment-results', {}],
      ['changes no rule', 'operator-1', '/v1/guide-proposals', { guide: {}, cause: '调整' }],
      [
        'grants no role',
        'access-admin-1',
        '/v1/grants',
        { identifier: 'E76543211', role: 'expert', reason: '评审' },
      ],
      [
        'confirms no account',
        'admin-18',
        '/v1/bank-account/decision',
        { decision: 'confirm', contentHash: 'a' },
      ],
    ])('%s', async (_, user, path, body) => {
      for (const acr of [undefined, 'one-factor', 'two-factor-not', 'TWO-FACTOR', '']) {
        const answer = await attacker.send(await system.tokenWith(user, { acr }), 'POST', path, body);
        expect(outcome(answer)).toBe('401 login-too-weak');
      }
    });
  });
}
