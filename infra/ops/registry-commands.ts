import { readFile } from 'node:fs/promises';
import type * as z from 'zod';
import { OpenRowSchema } from '../../functions/registry/imports/open-row.ts';
import type { PreviewRow } from '../../functions/registry/imports/preview.ts';
import { pageOf } from '../../functions/shared/schemas.ts';
import { yuanOf } from '../../functions/shared/yuan.ts';
import { putToApi, readFromApi, sendToApi, type Target } from './api-call.ts';
import { OpsError } from './guide-file.ts';
import { importRegistryFile, type UndoStep, undoImport } from './registry-import.ts';
import { targetOf } from './target.ts';
import { tableLines } from './words.ts';

export const registryHelp = {
  commands: `npm run ops -- registry import FILE --scheme ID --env ENVIRONMENT [--sheet NAME] [--mapping NAME] [--year YEAR]
                              [--project NAME] [--confirm-uscc] [--dry-run] [--json]
npm run ops -- registry mapping FILE.json --env ENVIRONMENT (--scheme ID | --mapping NAME)
npm run ops -- registry rows IMPORT --env ENVIRONMENT [--json]
npm run ops -- registry decide IMPORT ROW --env ENVIRONMENT (--uscc CODE [--confirm-uscc] | --leave) --reason TEXT
npm run ops -- registry undo IMPORT --env ENVIRONMENT (--reason TEXT | --confirm | --refuse TEXT) [--json]`,
  words: `import     uploads a file of another scheme's awards (.csv, .xlsx), shows how its import goes on, and what was left out and
           why; the same command shows an import of the file that is under way
mapping    saves how files are read: those of a scheme, or under a name, for lists of the same form
rows       shows the rows of an import whose enterprise a person has to find out, and what was decided; decide decides on one
undo       asks for an import to be taken back (--reason), or decides on what another person has asked for; what a duplicate
           check rests on, or a later import has changed, stays and is shown`,
};

/** Faults that people are shown; the report and programs get more. */
const shownFaults = 50;

interface Given {
  readonly env?: string | undefined;
  readonly scheme?: string | undefined;
  readonly sheet?: string | undefined;
  readonly mapping?: string | undefined;
  readonly year?: string | undefined;
  readonly project?: string | undefined;
  readonly uscc?: string | undefined;
  readonly reason?: string | undefined;
  readonly refuse?: string | undefined;
  readonly leave: boolean;
  readonly confirm: boolean;
  readonly json: boolean;
  readonly 'confirm-uscc': boolean;
  readonly 'dry-run': boolean;
}

/** Carries out a command on the registry; undefined where there is none of that name. @throws OpsError */
export async function registryCommand(
  command: string,
  [first = '', second, ...more]: readonly string[],
  given: Given,
): Promise<string | undefined> {
  if (more.length > 0) return undefined;
  const target = () => targetOf(given.env, 'operator');
  if (command === 'decide' && second !== undefined) return decideRow(target(), first, second, given);
  if (second !== undefined) return undefined;
  if (command === 'import') {
    const { scheme, sheet, mapping, project: projectName } = given;
    const year = given.year === undefined ? undefined : Number(given.year);
    const named = { scheme, sheet, mapping, year, projectName };
    const source = { ...named, confirmUscc: given['confirm-uscc'], dryRun: given['dry-run'] };
    return importFile(first, given.env, source, given.json);
  }
  if (command === 'mapping') return saveMapping(target(), first, given);
  if (command === 'rows') return showRows(target(), first, given.json);
  return command === 'undo' ? undo(first, given) : undefined;
}

async function saveMapping(target: Target, file: string, { scheme, mapping }: Given): Promise<string> {
  if ((scheme === undefined) === (mapping === undefined))
    throw new OpsError('one of --scheme ID, --mapping NAME');
  const path =
    scheme === undefined
      ? `/v1/registry/mappings/${encodeURIComponent(mapping ?? '')}`
      : `/v1/registry/schemes/${encodeURIComponent(scheme)}/mapping`;
  let body: unknown;
  try {
    body = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new OpsError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
  await putToApi(target, path, body);
  return `saved for ${scheme ?? mapping}`;
}

const RowsSchema = pageOf(OpenRowSchema);

async function showRows(target: Target, importId: string, json: boolean): Promise<string> {
  const rows: z.output<typeof OpenRowSchema>[] = [];
  let cursor: string | undefined;
  do {
    const query = cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`;
    const page = RowsSchema.parse(await readFromApi(target, `/v1/registry/imports/${importId}/rows${query}`));
    rows.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  if (json) return JSON.stringify(rows);
  const lines = rows.map(({ row, sheet, status, award, candidates, decision }) => [
    ...[String(row), sheet ?? '', status, award.name, award.projectName, yuanOf(award.amountFen)],
    decision?.uscc ?? candidates.map(({ uscc, name }) => `${uscc} ${name}`).join('; '),
  ]);
  return tableLines([
    ['row', 'sheet', 'status', 'name', 'project', 'yuan', 'code or candidates'],
    ...lines,
  ]).join('\n');
}

async function decideRow(target: Target, importId: string, row: string, given: Given): Promise<string> {
  const { uscc, leave, reason } = given;
  if (leave === (uscc !== undefined)) throw new OpsError('one of --uscc CODE, --leave');
  if (reason === undefined) throw new OpsError('say why: --reason TEXT');
  const decision = leave
    ? { outcome: 'leave', reason }
    : { outcome: 'take', uscc, confirmUscc: given['confirm-uscc'], reason };
  const path = `/v1/registry/imports/${importId}/rows/${encodeURIComponent(row)}/decision`;
  const decided = OpenRowSchema.parse(await sendToApi(target, path, decision));
  return `row ${decided.row}: ${[decided.status, decided.decision?.became].filter(Boolean).join(', ')}`;
}

function previewLine({ row, sheet, becomes, award, text }: PreviewRow): string[] {
  const place = sheet === undefined ? String(row) : `${sheet} ${row}`;
  const enterprise = award ? [award.uscc, award.name].filter(Boolean).join(' ') : '';
  return [place, becomes, enterprise, award ? yuanOf(award.amountFen) : '', award ? '' : text];
}

async function undo(
  importId: string,
  given: {
    readonly env?: string | undefined;
    readonly reason?: string | undefined;
    readonly refuse?: string | undefined;
    readonly confirm: boolean;
    readonly json: boolean;
  },
): Promise<string> {
  const { env, reason, refuse, confirm, json } = given;
  const steps: UndoStep[] = [
    ...(reason === undefined ? [] : [{ reason }]),
    ...(refuse === undefined ? [] : [{ outcome: 'refuse' as const, reason: refuse }]),
    ...(confirm ? [{ outcome: 'confirm' as const }] : []),
  ];
  const [step, ...more] = steps;
  if (!step || more.length > 0) throw new OpsError('one of --reason TEXT, --confirm, --refuse TEXT');
  const view = await undoImport(targetOf(env, 'operator'), importId, step, (line) => console.error(line));
  if (json || !view.undo) return JSON.stringify(view);
  const { status, removed, restored, kept, keptRows } = view.undo;
  return [
    ...tableLines([
      ['undo', 'removed', 'restored', 'kept'],
      [status, ...[removed, restored, kept].map(String)],
    ]),
    ...(keptRows.length > 0
      ? [
          '',
          ...tableLines([
            ['row', 'award', 'kept because'],
            ...keptRows.map(({ row, awardId, cause }) => [String(row), awardId, cause]),
          ]),
        ]
      : []),
  ].join('\n');
}

async function importFile(
  file: string,
  environment: string | undefined,
  source: {
    readonly scheme: string | undefined;
    readonly confirmUscc: boolean;
    readonly sheet: string | undefined;
    readonly dryRun: boolean;
    readonly mapping: string | undefined;
    readonly year: number | undefined;
    readonly projectName: string | undefined;
  },
  json: boolean,
): Promise<string> {
  const target = targetOf(environment, 'operator');
  const { scheme, ...rest } = source;
  if (scheme === undefined) throw new OpsError('name the scheme: --scheme ID');
  const ended = await importRegistryFile(target, file, { scheme, ...rest }, (line) => console.error(line));
  const isWrong = ended.report.some(({ severity }) => severity === 'error');
  if (ended.status === 'failed' || isWrong) process.exitCode = 1;
  if (json) return JSON.stringify(ended);
  const { rows, imported, unchanged, faulty, faults, report, open = 0, preview = [] } = ended;
  const lines = report
    .slice(0, shownFaults)
    .map(({ row, column, severity, messages }) => [String(row), column, severity, messages.en]);
  return [
    ...(source.dryRun ? ['dry run: nothing was changed', ''] : []),
    ...tableLines([
      ['rows', 'imported', 'unchanged', 'left out'],
      [rows, imported, unchanged, faulty].map(String),
    ]),
    ...(open > 0
      ? ['', `${open} rows wait for a person: npm run ops -- registry rows ${ended.importId}`]
      : []),
    ...(preview.length > 0
      ? ['', ...tableLines([['row', 'becomes', 'enterprise', 'yuan', 'text'], ...preview.map(previewLine)])]
      : []),
    ...(lines.length > 0 ? ['', ...tableLines([['row', 'column', 'severity', 'fault'], ...lines])] : []),
    ...(faults > lines.length ? [`and ${faults - lines.length} more: import ${ended.importId}`] : []),
    '',
    ended.status === 'failed'
      ? `import ${ended.importId} ended before the file`
      : `import ${ended.importId}: done`,
  ].join('\n');
}
