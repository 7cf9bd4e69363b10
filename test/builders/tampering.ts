import type { Json } from './stored-history.ts';

/** Whether a value is a record of others. */
export const isMap = (value: Json | undefined): value is { readonly [name: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every text that differs from one in one character. */
function* misspelt(text: string): Generator<string> {
  const characters = [...text];
  for (const [index, character] of characters.entries()) {
    const other = /\d/.test(character) ? String((Number(character) + 1) % 10) : character === 'x' ? 'y' : 'x';
    yield characters.with(index, other).join('');
  }
}

/** Every value that differs from one in one character of a text, name or number, one flag, one member more or less. */
export function* variants(value: Json): Generator<Json> {
  if (typeof value === 'string') yield* misspelt(value);
  if (typeof value === 'boolean') yield !value;
  if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) {
      for (const variant of variants(member)) yield value.with(index, variant);
      yield value.toSpliced(index, 1);
      yield value.toSpliced(index, 0, member);
    }
  }
  if (!isMap(value)) return;
  for (const [name, member] of Object.entries(value)) {
    const { [name]: _, ...others } = value;
    yield others;
    for (const variant of variants(member)) yield { ...value, [name]: variant };
    for (const misspeltName of misspelt(name)) yield { ...others, [misspeltName]: member };
  }
  yield { ...value, more: { S: 'x' } };
  // A name that objects treat in their own way.
  yield { ...value, ['__proto__']: { S: 'x' } };
}
