import { parseArgs } from 'node:util';
import { environmentNames } from './environments.ts';
import { decide, diff, propose, review, validate } from './ops/guide-commands.ts';
import { OpsError } from './ops/guide-file.ts';
import { peopleCommand, peopleHelp } from './ops/people-commands.ts';
import { listReads } from './ops/reads-list.ts';
import { verifyRegister, type Witness } from './ops/register-verify.ts';
import { registryCommand, registryHelp } from './ops/registry-commands.ts';
import { simulate } from './ops/round-simulate.ts';
import { targetOf, urlOf } from './ops/target.ts';
import { verifyAudit, verifyLedger } from './ops/verify-commands.ts';

const help = `npm run ops -- guide validate FILE [--json]
npm run ops -- guide diff FILE FILE [--json]
npm run ops -- guide propose FILE --env ENVIRONMENT --reason TEXT [--effective-from INSTANT]
npm run ops -- guide review PROPOSAL --env ENVIRONMENT [--json]
npm run ops -- guide decide PROPOSAL --env ENVIRONMENT --hash HEX (--confirm | --refuse TEXT)
npm run ops -- audit verify --env ENVIRONMENT [--application ID] [--heads FILE.json... --key PEM] [--json]
npm run ops -- audit reads --env ENVIRONMENT [--person ID] [--application ID] [--day DAY] [--json]
npm run ops -- ledger verify --env ENVIRONMENT [--pool ID] [--json]
npm run ops -- register verify FILE... [--root HEX | --env ENVIRONMENT] [--json]
${registryHelp.commands}
npm run ops -- round simulate ROUND --env ENVIRONMENT [--available YUAN] [--mode M] [--residue R] [--unit U]
                              [--minimum YUAN] [--guide VERSION] [--json]
${peopleHelp.split('\n', 7).join('\n')}

validate   checks a guide against its schema and the notice; shows what it opens, or every fault with its line
diff       says what the second guide changes, and what of it weakens the first
propose    checks a guide and proposes it to a second person; nothing counts of it yet
review     shows what a proposed guide changes of what stands, what of it weakens that, and the hash that a decision names
decide     confirms a proposed guide, which publishes it, or refuses it; a version that is published never changes
${registryHelp.words}
simulate   shares a round's money under other terms and shows it beside the plan; changes nothing
reads      shows who was given personal data of others, by which grant and through which request: of a person, of an
           application or of a day in Shanghai, today unless one is named; the newest first
verify     recomputes the histories of applications, rounds, orders, payment files, clawbacks, objections and grants from the rows
           as they are stored, and compares what each is now with what its newest row led to; names what was altered.
           Of ledgers: derives the balances of every pool after every version, and compares them with what the pool
           says, what rounds and awards hold, and the other side of what was carried over (not with --pool).
           Of the public register: recomputes the root of every day from a downloaded file (the parts of a large one in
           their order), and compares it with a root that somebody noted down, or with those that are published

  --env ENVIRONMENT   ${environmentNames.join(', ')}
  --scheme ID         document number of the scheme, e.g. 穗工信规字〔2021〕3号
  --root HEX          root of any day on or after the file's last entry; nothing is asked of the network
  --sheet NAME        of a workbook with several sheets, the one to import
  --mapping NAME, --year YEAR, --project NAME
                      of an import: a saved mapping instead of the scheme's, and what is the same in all rows
  --uscc CODE, --leave of a row: whose award it is, or that it is not imported
  --confirm-uscc      takes credit codes whose check character does not fit
  --confirm, --refuse TEXT, --reason TEXT
                      of a guide, and of taking an import back: confirms it, refuses it, proposes it
  --heads FILE.json   heads of a day as they were kept, with FILE.txt beside, once for each run of the night: their signatures
                      are checked with --key, and what each tells of has to be there still
  --hash HEX          of the proposed guide that was looked at
  --effective-from INSTANT
                      from when a guide counts, e.g. 2027-01-01T00:00:00+08:00. Default: its confirmation
  --dry-run           tells what an import would do, and changes nothing
  --json              for programs
  --help              this text

  API_URL   address of the environment's API: the output ApiUrl of its api stack
            (environment local: http://127.0.0.1:PORT, PORT being 3000 unless it is set)
  TOKEN     bearer token of an operator; to decide on a guide, of an approver; for an audit, of an auditor; the register
            is public

Ends with 1 when something has to be put right: then nothing is proposed, a history is broken, the register differs, or rows
were left out.
`;

/** Faults that people are shown; the report and programs get more. */
const shownFaults = 50;

async function verifyRegisterFiles(
  files: readonly string[],
  { root, env, json }: { readonly root?: string; readonly env?: string; readonly json: boolean },
): Promise<string> {
  if (root !== undefined && env !== undefined) throw new OpsError('either --root or --env');
  if (root !== undefined && !/^[0-9a-f]{64}$/.test(root))
    throw new OpsError('--root has 64 digits of 0-9a-f');
  const witness: Witness | undefined =
    root !== undefined ? { root } : env !== undefined ? { target: { url: urlOf(env) } } : undefined;
  const found = await verifyRegister(files, witness);
  const { year, entries, lastDay, faults } = found;
  if (faults.length > 0) process.exitCode = 1;
  if (json) return JSON.stringify(found);
  const outcome =
    faults.length > 0 ? `${faults.length} differences` : witness ? 'no difference' : 'not compared';
  return [
    ...faults.slice(0, shownFaults).map(({ day, entry, fault }) => `${entry ?? day}: ${fault}`),
    `register of ${year}, ${entries} entries: ${outcome}`,
    ...(lastDay === undefined ? [] : [`root of ${lastDay} from the file: ${found.root}`]),
  ].join('\n');
}

async function guideCommand(
  command: string | undefined,
  subject: string,
  given: {
    readonly env?: string | undefined;
    readonly reason?: string | undefined;
    readonly refuse?: string | undefined;
    readonly hash?: string | undefined;
    readonly 'effective-from'?: string | undefined;
    readonly confirm: boolean;
    readonly json: boolean;
  },
): Promise<string> {
  const { env, reason, refuse, hash, confirm, json } = given;
  if (command === 'propose') {
    const target = targetOf(env, 'operator');
    if (reason === undefined) throw new OpsError('say why: --reason TEXT');
    const from = given['effective-from'];
    if (from !== undefined && Number.isNaN(Date.parse(from))) {
      throw new OpsError('--effective-from is an instant, e.g. 2027-01-01T00:00:00+08:00');
    }
    const effectiveFrom = from === undefined ? undefined : new Date(from).toISOString();
    return propose(subject, { cause: reason, effectiveFrom }, target);
  }
  if (command === 'review') return review(subject, targetOf(env, 'approver'), json);
  if (command !== 'decide') throw new OpsError(help.trimEnd());
  if (confirm === (refuse !== undefined)) throw new OpsError('one of --confirm, --refuse TEXT');
  return decide(subject, { hash, refuse }, targetOf(env, 'approver'));
}

async function main(): Promise<string> {
  const [, , about, ...rest] = process.argv;
  if (about === 'people') return peopleCommand(rest);
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      env: { type: 'string' },
      application: { type: 'string' },
      person: { type: 'string' },
      day: { type: 'string' },
      root: { type: 'string' },
      heads: { type: 'string', multiple: true },
      key: { type: 'string' },
      pool: { type: 'string' },
      scheme: { type: 'string' },
      available: { type: 'string' },
      minimum: { type: 'string' },
      mode: { type: 'string' },
      residue: { type: 'string' },
      unit: { type: 'string' },
      guide: { type: 'string' },
      'confirm-uscc': { type: 'boolean', default: false },
      sheet: { type: 'string' },
      mapping: { type: 'string' },
      year: { type: 'string' },
      project: { type: 'string' },
      uscc: { type: 'string' },
      leave: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      reason: { type: 'string' },
      refuse: { type: 'string' },
      hash: { type: 'string' },
      'effective-from': { type: 'string' },
      confirm: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return help;
  const [subject, command, first, second, ...more] = positionals;
  if (subject === 'guide' && first !== undefined && more.length === 0) {
    if (command === 'validate' && second === undefined) return validate(first, values.json);
    if (command === 'diff' && second !== undefined) return diff(first, second, values.json);
    if (second === undefined) return guideCommand(command, first, values);
  }
  if (subject === 'register' && command === 'verify' && first !== undefined) {
    return verifyRegisterFiles(positionals.slice(2), values);
  }
  if (subject === 'registry' && command !== undefined && first !== undefined) {
    const done = await registryCommand(
      command,
      [first, ...(second === undefined ? [] : [second]), ...more],
      values,
    );
    if (done !== undefined) return done;
  }
  if (subject === 'round' && command === 'simulate' && first !== undefined && second === undefined) {
    const { available, minimum, mode, residue, unit, guide } = values;
    const options = { available, minimum, mode, residue, unit, guide };
    return simulate(targetOf(values.env, 'operator'), first, options, values.json);
  }
  if (subject === 'audit' && command === 'verify' && first === undefined) {
    return verifyAudit(targetOf(values.env, 'auditor'), values);
  }
  if (subject === 'audit' && command === 'reads' && first === undefined) {
    const { person, application, day, json } = values;
    return listReads(targetOf(values.env, 'auditor'), { person, application, day }, json);
  }
  if (subject === 'ledger' && command === 'verify' && first === undefined) {
    return verifyLedger(targetOf(values.env, 'auditor'), values.pool, values.json);
  }
  throw new OpsError(help.trimEnd());
}

try {
  console.log((await main()).trimEnd());
} catch (error) {
  const isUsage =
    error instanceof TypeError && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS');
  if (!(error instanceof OpsError) && !isUsage) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
