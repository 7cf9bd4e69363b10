import * as z from 'zod';
import { type Fen, fen } from '../../shared/money.ts';

/** Yuan, as the notice and the guides are written; fen comes out, as code counts. */
export const YuanSchema = z
  .int()
  .min(0)
  .transform((yuan) => fen(yuan * 100));

/** Gives the field `yuan` of a file the name of what it has become. */
export function inFen<T extends { readonly yuan: Fen }>({ yuan, ...rest }: T) {
  return { ...rest, fen: yuan };
}
