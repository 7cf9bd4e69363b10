/** The credentials that the embedded services accept; sandboxes and clients on this machine sign with them. */
export const localCredentials = {
  accessKeyId: 'S3RVER',
  secretAccessKey: 'S3RVER',
} as const;
