import { byteOrderMark, csvLine } from '../../shared/csv.ts';
import { type CursorScope, decodeCursor, encodeCursor } from '../../shared/cursor.ts';
import { registry } from '../../shared/tables.ts';
import type { ImportId } from '../../shared/vocabulary.ts';
import type { RowFault } from './file-fault.ts';
import type { ImportStore } from './import-store.ts';
import type { RegistryImport } from './registry-import.ts';

const { import: imports, importFaults } = registry.entities;

/** One page of imports, newest first. @throws DomainError invalid-request for a foreign cursor. */
export async function listImports(
  parts: { readonly imports: ImportStore },
  page: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<{ imports: RegistryImport[]; nextCursor: string | undefined }> {
  const scope: CursorScope = { partition: { pk: imports.pk({}) }, place: ['sk'] };
  const found = await parts.imports.page(page.limit, decodeCursor(page.cursor, scope));
  return { imports: found.imports, nextCursor: encodeCursor(found.lastKey, scope) };
}

/** Some faults of an import, by rows. @throws DomainError not-found; invalid-request for a foreign cursor. */
export async function listImportFaults(
  parts: { readonly imports: ImportStore },
  importId: ImportId,
  cursor: string | undefined,
): Promise<{ items: RowFault[]; nextCursor: string | undefined }> {
  await parts.imports.require(importId);
  const scope: CursorScope = { partition: { pk: importFaults.pk({ importId }) }, place: ['sk'] };
  const found = await parts.imports.faultPage(importId, decodeCursor(cursor, scope));
  return { items: found.faults, nextCursor: encodeCursor(found.lastKey, scope) };
}

const headings = ['行 row', '列 column', '规则 rule', '级别 severity', '说明', 'message', '工作表 sheet'];

/** The faults of an import as a CSV file for spreadsheets. @throws DomainError not-found */
export async function importReport(
  parts: { readonly imports: ImportStore },
  importId: ImportId,
): Promise<string> {
  await parts.imports.require(importId);
  const faults = await parts.imports.allFaults(importId);
  const rows = faults.map(({ sheet = '', row, column, rule, severity, messages }) => [
    ...[String(row), column, rule, severity, messages.zh, messages.en, sheet],
  ]);
  return `${byteOrderMark}${[headings, ...rows].map(csvLine).join('')}`;
}
