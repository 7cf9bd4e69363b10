import type { Bilingual } from '../../shared/text.ts';

/** What an event is called, and what it says. */
export interface Sentences {
  readonly title: Bilingual;
  readonly news: Bilingual;
}

/** Both, in both languages. */
export function said(titleZh: string, titleEn: string, zh: string, en: string): Sentences {
  return { title: { zh: titleZh, en: titleEn }, news: { zh, en } };
}
