import { describe, expect, it } from 'vitest';
import { requireOutsider } from '../../../functions/filing/applications/duty-rules.ts';
import { loginStrength, readClaims, requireStrength } from '../../../functions/people/claims.ts';
import { loginDepartments } from '../../../functions/review/tasks/login-departments.ts';
import { DomainError } from '../../../functions/shared/errors.ts';
import { compiled } from '../../support/rooms.ts';

const departments = new Set(loginDepartments(compiled.notice));
const actorOf = (claims: unknown) => readClaims(claims, { departments, personClaim: 'person_id' }).actor;
const official = {
  person_id: '44010619900101123x',
  sub: 'somebody',
  roles: '[lead-reviewer]',
  department: 'gz-miit',
};
const company = {
  person_id: 'E12345678',
  sub: 'somebody',
  roles: '[preparer]',
  organisation: '9144030071526726XG',
};

/** What a refusal says: its code, and the claims with the rules that they break. */
function refusal(claims: unknown): string[] {
  try {
    return ['taken', JSON.stringify(actorOf(claims))];
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return [error.code, ...error.faults.map(({ path }) => path)];
  }
}

describe('claims of a token', () => {
  it.each([
    [official, { id: 'somebody', roles: ['lead-reviewer'], department: 'gz-miit' }],
    [
      { ...official, roles: ['lead-reviewer', 'department-lead'] },
      { roles: ['lead-reviewer', 'department-lead'] },
    ],
    [
      { ...official, roles: 'lead-reviewer department-lead' },
      { roles: ['lead-reviewer', 'department-lead'] },
    ],
    [{ sub: 'a', person_id: 'E12345678', roles: '[]' }, { roles: [] }],
    [{ sub: 'a', person_id: 'E12345678' }, { roles: [] }],
    [{ ...official, department: 'district-440106' }, { department: 'district-440106' }],
    [{ ...official, department: 'adjudicators' }, { department: 'adjudicators' }],
    [company, { organisation: '9144030071526726XG' }],
    [{ ...company, organisation: '9144030071526726xg' }, { organisation: '9144030071526726XG' }],
    [{ ...company, organisation: ' 9144 0300 7152 6726 XG ' }, { organisation: '9144030071526726XG' }],
    [
      { ...company, organisation: '914403007152672600', organisation_confirmed: 'true' },
      { organisation: '914403007152672600' },
    ],
    [
      { ...company, organisation_name: '示例软件公司' },
      { organisation: company.organisation, organisationName: '示例软件公司' },
    ],
    [{ ...company, aud: 'x', scope: 'support', name: '<nil>' }, { id: 'somebody' }],
  ])('%j are read', (claims, actor) => {
    expect(actorOf(claims)).toMatchObject(actor);
  });

  it.each([
    ['person', { ...official, person_id: undefined }],
    ['person', { ...official, person_id: '<nil>' }],
    ['person', { ...official, person_id: '' }],
    ['person', { ...official, person_id: '[a b]' }],
    ['person', { ...official, person_id: 'map[a:b]' }],
    ['sub', { ...official, sub: undefined }],
    ['sub', { ...official, sub: '' }],
    ['sub', { ...official, sub: 'a b' }],
    ['sub', { ...official, sub: 'system' }],
    ['sub', { ...official, sub: '\u0430dmin' }],
    ['sub', { ...official, sub: 'a'.repeat(129) }],
    ['roles.0', { ...official, roles: '[x operator]' }],
    ['roles.0', { ...official, roles: ['x operator'] }],
    ['roles.0', { ...official, roles: '[operators]' }],
    ['roles.0', { ...official, roles: 'OPERATOR' }],
    ['roles.0', { ...official, roles: '<nil>' }],
    ['roles.0', { ...official, roles: 'map[operator:true]' }],
    ['roles.0', { ...official, roles: '"operator"' }],
    ['roles', { ...official, roles: 7 }],
    ['roles', { ...official, roles: null }],
    ['organisation', { ...company, organisation: null }],
    ['organisation', { ...company, organisation: '<nil>' }],
    ['organisation', { ...company, organisation: '' }],
    ['organisation', { ...company, organisation: 'undefined' }],
    ['organisation', { ...company, organisation: '[9144030071526726XG]' }],
    ['organisation', { ...company, organisation: '914403007152672600' }],
    ['organisation', { ...company, organisation: '914403007152672600', organisation_confirmed: 'false' }],
    ['organisation', { ...company, organisation: ['9144030071526726XG'] }],
    ['organisation_name', { ...company, organisation_name: '' }],
    ['organisation_name', { ...company, organisation_name: '<nil>' }],
    ['organisation_name', { ...company, organisation_name: 'a\u202Eb' }],
    ['department', { ...official, department: 'gz-nothing' }],
    ['department', { ...official, department: 'GZ-MIIT' }],
    ['department', { ...official, department: 'gz-miit gz-sti' }],
    ['department', { ...official, department: 'districts' }],
    ['department', { ...official, department: 'district-110101' }],
    ['department', { ...official, department: '<nil>' }],
    ['department', { ...official, department: '' }],
    ['department', { ...official, department: '__proto__' }],
  ])('are refused for %s: %j', (path, claims) => {
    expect(refusal(claims)).toEqual(['login-refused', expect.stringMatching(`^token\\.${path}`)]);
  });

  it.each([
    'preparer operator',
    'organisation-admin lead-reviewer',
    'preparer expert',
    'preparer organisation-admin auditor',
    'operator budget-approver',
    'auditor operator',
    'auditor expert',
  ])('are refused for roles that one person does not have together: %s', (roles) => {
    expect(refusal({ sub: 'a', person_id: 'E12345678', roles })).toEqual(['login-refused', 'token.roles']);
  });

  it.each([
    'preparer organisation-admin',
    'lead-reviewer department-lead',
    'operator adjudicator',
    'lead-reviewer expert',
  ])('may hold %s', (roles) => {
    expect(refusal({ sub: 'a', person_id: 'E12345678', roles })[0]).toBe('taken');
  });

  it.each([
    ...[{ nonce: 'n' }, { at_hash: 'h' }, { c_hash: 'h' }, { events: 'map[]' }],
    ...[{ token_use: 'id' }, { token_use: '' }, { token_use: 'refresh' }],
    ...[{ typ: 'ID' }, { typ: 'Refresh' }, { typ: 'Logout' }, { typ: 'Bearer', token_use: 'id' }, { typ: 7 }],
  ])('of an ID token are those of nobody: %j', (more) => {
    expect(refusal({ ...official, ...more })).toEqual(['unauthenticated']);
  });

  it.each([{ token_use: 'access' }, { typ: 'Bearer' }, { typ: 'at+jwt' }])(
    'are taken of what says that it is an access token: %j',
    (more) => {
      expect(refusal({ ...official, ...more })[0]).toBe('taken');
    },
  );

  it.each([undefined, null, '', 'operator', 7, []])('that are none are refused: %j', (claims) => {
    expect(refusal(claims)[0]).toBe('login-refused');
  });
});

it('nobody of the applicant is an outsider of it, however the code is written', () => {
  for (const organisation of [
    '9144030071526726xg',
    '９１４４０３００７１５２６７２６ＸＧ',
    '9144030071526726XG',
  ]) {
    const actor = actorOf({ ...official, organisation });
    for (const stored of ['9144030071526726XG', '9144030071526726xg ']) {
      const application = { organisation: stored, content: { enterprise: { predecessors: [] } } };
      expect(() => requireOutsider(application as never, actor)).toThrow('forbidden');
    }
  }
});

describe('how somebody has logged in', () => {
  const read = (claims: object, strength: string) =>
    requireStrength({ ...official, ...claims }, loginStrength(strength));

  it.each([
    ['acr two-factor', { acr: 'two-factor' }],
    ['acr silver gold', { acr: 'gold' }],
    ['amr mfa hwk', { amr: '[pwd hwk]' }],
    ['none', {}],
  ])('suffices for %s: %j', (strength, claims) => {
    expect(() => read(claims, strength)).not.toThrow();
  });

  it.each([
    ['acr two-factor', {}],
    ['acr two-factor', { acr: '<nil>' }],
    ['acr two-factor', { acr: '' }],
    ['acr two-factor', { acr: 'two-factors' }],
    ['acr two-factor', { amr: '[two-factor]' }],
    ['amr mfa', { amr: '[pwd]' }],
    ['amr mfa', { amr: 'mfa2' }],
  ])('does not for %s: %j', (strength, claims) => {
    expect(() => read(claims, strength)).toThrow(expect.objectContaining({ code: 'login-too-weak' }));
  });

  it.each(['', 'acr', 'amr', 'ACR gold', 'nothing', 'none acr'])('is not asked for by %j', (text) => {
    expect(() => loginStrength(text)).toThrow('LOGIN_STRENGTH');
  });
});
