/** What the screens may use of the transport. */
export { api, type CoreClient, connection, core, queryClient, refreshOnReconnect } from './client.ts';
export type { ConnectionState } from './connection.ts';
export { chooseHere, desktopBridge } from './desktop.ts';
export { isAbort, RefusedError, toAppErrorData } from './errors.ts';
export { imageUrl, mapsInfoOptions, mapTileUrl, type TiledImage, tiledImageOptions, tileUrl } from './images.ts';
export { keepWatching } from './live.ts';
export { type UploadProgress, uploadFiles } from './uploads.ts';
