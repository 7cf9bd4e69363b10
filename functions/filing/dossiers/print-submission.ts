import type { FontFile } from '../../shared/pdf/font-file.ts';
import { PrintedDocument } from '../../shared/pdf/printed-document.ts';
import { type DescribedSubmission, describeSubmission } from './describe-submission.ts';

/** What was submitted as a PDF to print, in Chinese, with a font of its own. */
export function printSubmission(described: DescribedSubmission, font: FontFile): Uint8Array {
  const { applicationId, record } = described;
  const document = new PrintedDocument(font, {
    title: `申报档案 ${applicationId}`,
    footer: `受理编号 ${applicationId}　第 ${record.number} 次提交`,
  });
  document.heading('申报档案', 20);
  document.paragraph(record.content.projectName, 12);
  for (const { title, note, rows } of describeSubmission(described)) {
    document.heading(title);
    if (note !== undefined) document.paragraph(note, 9);
    document.rows(rows);
  }
  return document.bytes();
}
