import { yuanInGroups } from '../../../functions/shared/yuan.ts';
import type { Language } from './language.tsx';

const zone = 'Asia/Shanghai';

/** Fen as yuan with separators. */
export { yuanInGroups as yuan };

/** An amount with its unit, as a sentence says it. */
export function money(fen: number, language: Language): string {
  return language === 'zh' ? `${yuanInGroups(fen)} 元` : `CNY ${yuanInGroups(fen)}`;
}

/**
 * Yuan as people type them, in fen: separators, full-width digits and blanks are taken, more than two decimals are not.
 * Undefined where it is no amount.
 */
export function fenOf(typed: string): number | undefined {
  const plain = typed
    .normalize('NFKC')
    .replace(/[,，\s]/g, '')
    .replace(/元$/, '');
  const [, whole, decimals = ''] = /^(\d{1,13})(?:\.(\d{0,2}))?$/.exec(plain) ?? [];
  if (whole === undefined) return undefined;
  const fen = Number(whole) * 100 + Number(decimals.padEnd(2, '0'));
  return Number.isSafeInteger(fen) ? fen : undefined;
}

/** Yuan as a field shows them for editing: no separators, no needless decimals. */
export function typedYuan(fen: number): string {
  const rest = fen % 100;
  return rest === 0 ? String(fen / 100) : `${Math.floor(fen / 100)}.${String(rest).padStart(2, '0')}`;
}

/** The day of an instant in Guangzhou, as a person reads it. */
export function day(instant: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'long',
    day: 'numeric',
  }).format(new Date(instant));
}

/** Day and time of an instant in Guangzhou. */
export function time(instant: string, language: Language): string {
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone: zone,
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(new Date(instant));
}

/** When a period ends: at midnight with the day before, within a day with the time, lest somebody counts on all of it. */
export function lastDay(end: string, language: Language): string {
  const isMidnight = new Date(end).toLocaleTimeString('en-GB', { timeZone: zone }) === '00:00:00';
  return isMidnight ? day(new Date(Date.parse(end) - 1).toISOString(), language) : time(end, language);
}

/** Bytes as people count them. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.ceil(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1).replace('.0', '')} MB`;
}
