/** `source` of the events by which scanners are asked to judge a file. */
export const scanSource = 'software-support.scans';
/** `source` of the events by which they answer. */
export const scannerSource = 'file-scanner';
/** `detail-type` of both. */
export const scanTypes = { asked: 'ScanRequested', answered: 'FileScanned' } as const;
