import type { FileFlaw } from './file-flaw.ts';

/** Elements by which an OFD runs something (makers' own: the standard has none of them), or plays it. */
const running = /<(?:\w+:)?(?:Script|JavaScript|JS|Sound|Movie)\b/i;
/** Opens a file that is carried along (GB/T 33190, 14.3). */
const opening = /<(?:\w+:)?GotoA\b/i;
/** An action by itself: when the document or a page is opened, and not when somebody clicks (GB/T 33190, table 45). */
const action = /<(?:\w+:)?Action\b/i;
const automatic = /^[^<>]*\bEvent\s*=\s*["'](?:DO|PO)["']/i;
const reading = /<(?:\w+:)?URI\b/i;
const attachment = /<(?:\w+:)?FileLoc\b[^<>]*>([^<>]*)</gi;

/**
 * What makes a part of an OFD unsafe: that it runs something, opens something by itself, or carries another file than the
 * data of the very document, which electronic invoices and vouchers have with them as XML.
 * @param name of the part, in lower case.
 */
export function ofdHazard(name: string, xml: string): FileFlaw | undefined {
  if (/<!DOCTYPE/i.test(xml)) return 'hidden';
  if (running.test(xml) || opening.test(xml)) return 'active';
  const actions = xml.split(action).slice(1);
  if (actions.some((one) => automatic.test(one) && reading.test(one))) return 'fetching';
  if (!/attach/i.test(name) && !/<(?:\w+:)?Attachment\b/i.test(xml)) return undefined;
  const carried = [...xml.matchAll(attachment)].map(([, place = '']) => place.trim());
  return carried.every((place) => /\.xml$/i.test(place)) ? undefined : 'carrying';
}
