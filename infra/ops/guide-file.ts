import { readFileSync } from 'node:fs';
import type { Guide } from '../../functions/policy/guides/guide-schema.ts';
import { lawOf } from '../../functions/policy/guides/policy-book.ts';
import type { Notice } from '../../functions/policy/notice/notice-schema.ts';
import { readGuideText, readNoticeText } from '../../policy/compile.ts';
import { amountInWords, shanghaiTime } from './words.ts';

/** Something that the person who called has to put right: its lines are printed, and the program ends with 1. */
export class OpsError extends Error {
  override readonly name = 'OpsError';
}

const noticeFile = new URL('../../policy/notice.yaml', import.meta.url);

function readText(file: string | URL): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new OpsError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The notice of the repository. @throws OpsError with every fault and its line. */
export function readNotice(): Notice {
  const { data, faults } = readNoticeText(readText(noticeFile), 'policy/notice.yaml');
  if (!data) throw new OpsError(faults.join('\n'));
  return data;
}

/** A guide that keeps to its schema and to the notice. @throws OpsError with every fault and its line. */
export function readGuideFile(file: string, notice: Notice): Guide {
  const { data, faults } = readGuideText(readText(file), file, notice);
  if (!data) throw new OpsError(faults.join('\n'));
  return data;
}

/** What an item of a guide comes to, for a person who looks it over. */
export interface ItemSummary {
  readonly item: string;
  readonly clause: string;
  readonly lead: readonly string[];
  readonly opensAt: string;
  readonly closesAt: string;
  readonly ceiling: string;
  readonly pool: string | null;
}

/** A summary of each item; departments by their Chinese names, times in Shanghai's. */
export function summarise(guide: Guide, notice: Notice): ItemSummary[] {
  return guide.items.map((item) => {
    const law = lawOf(notice, item.id);
    const lead = law?.part.lead ?? [];
    return {
      item: item.id,
      clause: law?.item.clause ?? '',
      lead: lead.map((id) => notice.departments.find((department) => department.id === id)?.name.zh ?? id),
      opensAt: shanghaiTime(item.window.opensAt),
      closesAt: shanghaiTime(item.window.closesAt),
      ceiling: amountInWords(item.amount),
      pool: item.pool ?? null,
    };
  });
}
