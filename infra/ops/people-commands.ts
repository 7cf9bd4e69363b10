import { parseArgs } from 'node:util';
import type * as z from 'zod';
import { CorrectionViewSchema, type GrantView, GrantViewSchema } from '../../functions/people/access-view.ts';
import { AccessReviewSchema, reviewCsv } from '../../functions/people/review-access.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { readFromApi, sendToApi, type Target } from './api-call.ts';
import { OpsError } from './guide-file.ts';
import { targetOf } from './target.ts';
import { tableLines } from './words.ts';

export const peopleHelp = `npm run ops -- people list --env ENVIRONMENT [--json]
npm run ops -- people grant ROLE --env ENVIRONMENT (--identifier ID | --reference HEX) [--department ID] [--until DAY] --reason TEXT
npm run ops -- people decide REFERENCE GRANT --env ENVIRONMENT --hash HEX (--confirm | --refuse TEXT)
npm run ops -- people revoke REFERENCE GRANT --env ENVIRONMENT --reason TEXT
npm run ops -- people correct LOGIN --env ENVIRONMENT [--identifier ID] --reason TEXT
npm run ops -- people correction REFERENCE CORRECTION --env ENVIRONMENT --hash HEX (--confirm | --refuse TEXT)
npm run ops -- people review --env ENVIRONMENT [--csv | --json]

list       shows the roles of officials that are in force or proposed
grant      proposes a role for a person, named by what the issuer verifies of them or by the reference that they were told
decide     confirms a role that another person proposed, by the hash that the list shows, or refuses it
revoke     ends a role, or the proposal of one, at once
correct    proposes that a login came with the wrong identifier of a person, or, without the right one, that it is closed
correction confirms or refuses what another person proposed so; the roles of both people have to be revoked before
review     shows who has what, since and until when, by whom, and when it was last used; what ended, too

  TOKEN     bearer token of an access-admin; to list or review, of an auditor as well
`;

const PageSchema = pageOf(GrantViewSchema);

/** Carries out a command on people and their roles. @throws OpsError */
export async function peopleCommand(args: readonly string[]): Promise<string> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      env: { type: 'string' },
      identifier: { type: 'string' },
      reference: { type: 'string' },
      department: { type: 'string' },
      until: { type: 'string' },
      reason: { type: 'string' },
      hash: { type: 'string' },
      refuse: { type: 'string' },
      confirm: { type: 'boolean', default: false },
      csv: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [command, first, second, ...more] = positionals;
  if (values.help) return peopleHelp;
  const target = () => targetOf(values.env, 'access-admin');
  const { reason, hash, refuse, confirm, json } = values;
  const count = positionals.length;
  if (command === 'list' && count === 1) return list(target(), json);
  if (command === 'review' && count === 1) return review(target(), values);
  if (command === 'grant' && first !== undefined && count === 2) {
    const { identifier, reference, department, until } = values;
    if ((identifier === undefined) === (reference === undefined)) {
      throw new OpsError('name the person: --identifier ID or --reference HEX');
    }
    if (reason === undefined) throw new OpsError('say why: --reason TEXT');
    const stated = { identifier, personReference: reference, role: first, department, until, reason };
    return lineOf(GrantViewSchema.parse(await sendToApi(target(), '/v1/grants', stated)));
  }
  if (command === 'correct' && first !== undefined && count === 2) {
    if (reason === undefined) throw new OpsError('say why: --reason TEXT');
    const stated = { login: first, identifier: values.identifier, reason };
    return correctionLine(CorrectionViewSchema.parse(await sendToApi(target(), '/v1/corrections', stated)));
  }
  if (first === undefined || second === undefined || more.length > 0)
    throw new OpsError(peopleHelp.trimEnd());
  const kind = command === 'correction' ? 'corrections' : 'grants';
  const place = `/v1/${kind}/${encodeURIComponent(first)}/${encodeURIComponent(second)}`;
  if (command === 'revoke') {
    if (reason === undefined) throw new OpsError('say why: --reason TEXT');
    return lineOf(GrantViewSchema.parse(await sendToApi(target(), `${place}/revocation`, { reason })));
  }
  if (command !== 'decide' && command !== 'correction') throw new OpsError(peopleHelp.trimEnd());
  if (confirm === (refuse !== undefined)) throw new OpsError('one of --confirm, --refuse TEXT');
  if (hash === undefined) throw new OpsError('name what you looked at: --hash, as people list shows it');
  const decision = confirm ? { outcome: 'confirm' } : { outcome: 'refuse', reason: refuse };
  const sent = await sendToApi(target(), `${place}/decision`, { ...decision, contentHash: hash });
  return command === 'decide'
    ? lineOf(GrantViewSchema.parse(sent))
    : correctionLine(CorrectionViewSchema.parse(sent));
}

function correctionLine(correction: z.output<typeof CorrectionViewSchema>): string {
  const { login, status, reference, correctionId, contentHash } = correction;
  return `correction of ${login} is ${status}: ${reference} ${correctionId} --hash ${contentHash}`;
}

async function list(target: Target, json: boolean): Promise<string> {
  const grants: GrantView[] = [];
  let cursor: string | undefined;
  do {
    const query = new URLSearchParams({ limit: '100', ...(cursor !== undefined && { cursor }) });
    const page = PageSchema.parse(await readFromApi(target, `/v1/grants?${query}`));
    grants.push(...page.items.filter(({ status }) => status === 'granted' || status === 'proposed'));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  if (json) return JSON.stringify(grants);
  const [head = '', ...lines] = tableLines([
    ['status', 'role', 'department', 'until', 'proposed by', 'confirmed by', 'reason'],
    ...grants.map((grant) => [
      ...[grant.status, grant.role, grant.department ?? '–', grant.until],
      ...[grant.proposedBy, grant.confirmedBy ?? '–', grant.reason],
    ]),
  ]);
  const places = grants.map(
    (grant) => `  ${placeOf(grant)}${grant.status === 'proposed' ? ` --hash ${grant.contentHash}` : ''}`,
  );
  return [head, ...lines.flatMap((line, index) => [line, places[index] ?? ''])].join('\n');
}

async function review(
  target: Target,
  { csv, json }: { readonly csv: boolean; readonly json: boolean },
): Promise<string> {
  const found = AccessReviewSchema.parse(await readFromApi(target, '/v1/access-review'));
  if (json) return JSON.stringify(found);
  if (csv) return reviewCsv(found);
  return [
    ...found.initialAdmins.map((login) => `${login} grants roles by the deployment`),
    ...tableLines([
      ['person', 'role', 'department', 'status', 'granted at', 'confirmed by', 'until', 'last used'],
      ...found.items.map((row) => [
        ...[row.personId ?? row.reference.slice(0, 12), row.role, row.department ?? '–', row.status],
        ...[row.grantedAt ?? '–', row.confirmedBy ?? '–', row.until, row.lastUsedOn ?? 'never'],
      ]),
    ]),
  ].join('\n');
}

function lineOf(grant: GrantView): string {
  const { status, role, department, until, contentHash } = grant;
  const where = department === undefined ? '' : ` of ${department}`;
  return `${role}${where} until ${until} is ${status}: ${placeOf(grant)} --hash ${contentHash}`;
}

const placeOf = ({ reference, grantId }: GrantView) => `${reference} ${grantId}`;
