import * as z from 'zod';

/** What a schema says of a fault, for its `error`: in Chinese and, on the next line, in English. */
export function both(zh: string, en: string): string {
  return `${zh}\n${en}`;
}

/** Characters that nobody sees but that make what stands before them what it is: forms of ideographs, and of emoji. */
const kept = [
  '\\p{Unified_Ideograph}[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]',
  '[\\p{Extended_Pictographic}#*\\d][\\uFE0E\\uFE0F]',
  '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\uFE0F]\\u200D(?=\\p{Extended_Pictographic})',
].join('|');
const unseen = `[\\p{Cf}\\p{Zl}\\p{Zp}\\p{Default_Ignorable_Code_Point}\\u2800](?<!${kept})`;
/**
 * Characters that no text takes: halves of characters, controls, what nobody sees, what turns the direction of others.
 * Selectors of the forms of ideographs are letters of names, and stay.
 */
const strange = onDemand(`[\\p{Cs}\\p{Cc}\\p{Noncharacter_Code_Point}]|${unseen}`, 'u');
const everyUnseen = onDemand(unseen, 'gu');

/** An expression that is made with the first text: so many classes of characters take as long as a hundred schemas. */
function onDemand(source: string, flags: string): () => RegExp {
  let made: RegExp | undefined;
  return () => {
    made ??= new RegExp(source, flags);
    return made;
  };
}

/** Those that texts of several lines have all the same. */
const lineBreaks = /[\t\n\r]/;

/** A character that a text does not take. */
export interface StrangeCharacter {
  /** Its number in the text, from 1. */
  readonly place: number;
  /** E.g. U+200B. */
  readonly name: string;
}

/** The first character that a text does not take, or undefined. */
export function strangeCharacter(
  text: string,
  { lines = false }: { readonly lines?: boolean } = {},
): StrangeCharacter | undefined {
  const seen = lines ? text.replace(new RegExp(lineBreaks, 'g'), ' ') : text;
  const found = strange().exec(seen);
  if (!found) return undefined;
  const code = found[0].codePointAt(0) ?? 0;
  return {
    place: [...seen.slice(0, found.index)].length + 1,
    name: `U+${code.toString(16).toUpperCase().padStart(4, '0')}`,
  };
}

/** A text without characters that nobody sees. */
export function withoutUnseen(text: string): string {
  return text.replace(everyUnseen(), '');
}

/** What a fault says of such a character. */
export function strangeCharacterWords({ place, name }: StrangeCharacter): Bilingual {
  return {
    zh: `第 ${place} 个字符（${name}）不可用：不可见字符、控制字符、改变书写方向的字符和半个字符均不接受`,
    en: `character ${place} (${name}) is not taken: it cannot be seen, controls, turns the direction or is half of one`,
  };
}

const refuseStrange = (lines: boolean) => (context: z.core.ParsePayload<string>) => {
  const found = strangeCharacter(context.value, { lines });
  if (!found) return;
  const { zh, en } = strangeCharacterWords(found);
  const params = { rule: 'character', zh };
  context.issues.push({ code: 'custom', input: context.value, message: en, params, continue: false });
};

/** One way of writing it: composed (NFC), with line breaks of one kind, without blanks around. */
const tidy = (text: string) => text.normalize('NFC').replace(/\r\n?/g, '\n').trim();

function tidyText(lines: boolean, shortest: number, longest: number) {
  const length = [z.minLength(shortest), z.maxLength(longest)];
  return z.string().check(refuseStrange(lines), z.overwrite(tidy), ...length);
}

/** A text that people write in one line. Every free text of a request is one of these two. */
export function lineOf(shortest: number, longest: number) {
  return tidyText(false, shortest, longest);
}

/** A text that people write in several lines, or in one. */
export function textOf(shortest: number, longest: number) {
  return tidyText(true, shortest, longest);
}

/** What looks like the ending of a file's name, and so like a program when it stands last. */
const ending = /^[a-z][a-z0-9]{1,4}$/i;

/** Names that Windows keeps for devices, whatever stands behind the point. */
const deviceName = /^(?:con|prn|aux|nul|(?:com|lpt)[0-9¹²³])\s*(?:\.|$)/i;

/** Name of a file, without a way to another folder and with one ending, so that it is what it looks like. */
export const FileNameSchema = lineOf(1, 200)
  .refine((name) => !/[\\/:*?"<>|]/.test(name), {
    error: both('文件名不得含有 \\ / : * ? " < > |', 'a file name has none of \\ / : * ? " < > |'),
  })
  .refine((name) => !/^\.|[. ]$/.test(name), {
    error: both('文件名不得以点开头或结尾', 'a file name neither begins nor ends with a point'),
  })
  .refine(
    (name) =>
      name
        .split('.')
        .slice(1)
        .filter((part) => ending.test(part.trim())).length <= 1,
    {
      error: both('文件名只能有一个扩展名', 'a file name has one extension'),
    },
  )
  .refine((name) => !deviceName.test(name) && !/%(?:2f|5c|0[0ad])/i.test(name), {
    error: both(
      '文件名不得为 CON、NUL 等系统保留名，不得含有转义的路径分隔符',
      'a file name is none of the names of devices, as CON and NUL, and has no separator in escapes',
    ),
  });

/** Something to read: spaces alone are no text. */
const TextSchema = z.string().regex(/\S/);

/** A text in both languages of the system. */
export const BilingualSchema = z.object({ zh: TextSchema, en: TextSchema });
export type Bilingual = z.output<typeof BilingualSchema>;

/** What was sent, or is to be sent, in a sentence: in quotes, so that it is neither language's own. */
export function quoted(texts: readonly string[]): Bilingual {
  return {
    zh: texts.map((text) => `“${text}”`).join('、'),
    en: texts.map((text) => `"${text}"`).join(', '),
  };
}

/** A reason for a decision, with the clause of the notice or the place in the guide that it rests on. */
export const ReasonSchema = z.object({
  code: z.string().min(1),
  citation: z.string().min(1).meta({ description: 'Clause of the notice or place in the guide' }),
  message: BilingualSchema,
});
export type Reason = z.output<typeof ReasonSchema>;
