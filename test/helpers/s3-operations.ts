// Which S3 operation an HTTP request is.

/** By S3's own names; those that the store adapter never sends are not told apart. */
export function nameOperation(method: string, url: string): string {
  const { pathname, searchParams } = new URL(url, 'http://any');
  const hasKey = /^\/[^/]+\/./.test(pathname);
  if (!hasKey) return method === 'GET' ? 'ListObjectsV2' : 'other';
  switch (method) {
    case 'PUT':
      return searchParams.has('partNumber') ? 'UploadPart' : 'PutObject';
    case 'POST':
      return searchParams.has('uploads') ? 'CreateMultipartUpload' : 'CompleteMultipartUpload';
    case 'DELETE':
      return 'AbortMultipartUpload';
    case 'GET':
      return 'GetObject';
    default:
      return 'other';
  }
}

export function renderS3Error(code: string, message = ''): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}
