import { isAscii } from '../../shared/decode-text.ts';
import { strangeCharacter, strangeCharacterWords, withoutUnseen } from '../../shared/text.ts';
import { hasValidCheckCharacter } from '../../shared/uscc.ts';
import { type CellFault, digitsFault, spreadsheetErrorFault, unseenWarning } from './row-faults.ts';

/** How spreadsheets write a number that they do not show whole. */
const exponent = /(?<![A-Z\d.])\d+(?:[.,]\d+\s?E\s?[+-]?|\s?E\s?\+)\d{1,3}(?![A-Z\d])/iu;
/** How they save one: with zeros for all digits behind the fifteenth, here three and more. */
const zerosForDigits = /(?<!\d)\d{15}0{3,}(?!\d)/;
/** What they show instead of a value, and LibreOffice for other errors; or because a column is too narrow. */
const spreadsheetError =
  /^(?:#(?:REF!|N\/A|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!|GETTING_DATA|BLOCKED!|CONNECT!|FIELD!|UNKNOWN!|BUSY!|EXTERNAL!|PYTHON!)|Err:\d{3}|#{3,})$/iu;
/** What is wrong with a cell, whatever its column holds: an error keeps its row out. */
export function cellFaults(cell: string): CellFault[] {
  const plain = (isAscii(cell) ? cell : cell.normalize('NFKC')).trim();
  const faults: CellFault[] = [];
  const found = strangeCharacter(cell, { lines: true });
  if (found) {
    const left = strangeCharacter(withoutUnseen(cell), { lines: true });
    const messages = strangeCharacterWords(left ?? found);
    faults.push(left ? { rule: 'character', severity: 'error', messages } : unseenWarning(found.name));
  }
  // The number of evidence stands behind its kind.
  if (plain.split(/(?<!Err)[:;]/i).some((piece) => spreadsheetError.test(piece.trim()))) {
    faults.push(spreadsheetErrorFault(cell));
  }
  const isRounded = zerosForDigits.test(plain) && !hasValidCheckCharacter(plain);
  if (exponent.test(plain) || isRounded) faults.push(digitsFault(cell));
  return faults;
}
