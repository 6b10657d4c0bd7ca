/** Files on their way in: uploads by HTTP, and folders that the person chose in the desktop window. */
export { inputPath } from './input-path.ts';
export { defaultUploadLimits, type UploadLimits } from './limits.ts';
export { checkedFileName } from './names.ts';
export { createUploads, type OpenUpload, type UploadOptions, type Uploads } from './uploads.ts';
