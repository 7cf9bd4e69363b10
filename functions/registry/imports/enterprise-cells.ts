/** Marks that lead to a note below the table. */
const footnote =
  /(?:\s*(?:[*＊※†‡△▲★☆#＃①-⑳⑴-⒇❶-❿¹²³⁰⁴-⁹]+|[[【［(（〔]\s*(?:注\s*\d{0,2}|备注\s*\d{0,2}|\d{1,2}|[*＊※])\s*[\]】］)）〕]))+\s*$/u;

/** A name as it was written before it was put into a table: without line breaks and the marks of notes. */
export function nameInCell(cell: string): string {
  return cell
    .replace(/\s*[\r\n]+\s*/gu, (blank, at: number) => {
      const [before = '', after = ''] = [cell[at - 1], cell[at + blank.length]];
      return /[A-Za-z0-9]/.test(before) && /[A-Za-z0-9]/.test(after) ? ' ' : '';
    })
    .replace(footnote, '')
    .trim();
}

const organisation =
  /(?:公司|集团|大学|学院|学校|研究院|研究所|设计院|科学院|中心|医院|协会|学会|商会|联盟|银行|厂|合作社|事务所|工作室)$/u;
/** What is left of these is no name of its own. */
const forms = /股份|有限|责任|公司|集团|附属|分院|工会|[()（）\s]/gu;
/** Between two names; a word between them counts behind a whole name only. */
const between =
  /[、;；/／\n\r,，&＆+＋|]|(?<=公司|大学|学院|研究院|研究所|中心|厂|集团)\s*(?:[和与及]|以及|联合)/u;
const partner = /[(（【[]\s*(?:联合|牵头|参与|合作|共同|成员)[^)）】\]]*[)）】\]]/u;

/** Whether a cell names several organisations: whose award it is, nobody can tell from it. */
export function namesSeveral(cell: string): boolean {
  const plain = cell.replace(/\s*[\r\n]+\s*/gu, '\n').trim();
  if (partner.test(plain)) return true;
  const parts = plain.split(between).map((part) => part.replace(footnote, '').trim());
  // The last piece of a bracket is no name.
  return parts.filter((part) => isOrganisation(part.replace(/[)）]$/u, ''))).length > 1;
}

function isOrganisation(part: string): boolean {
  return organisation.test(part) && part.replace(forms, '').length > 1;
}
