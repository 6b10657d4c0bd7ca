/** Names that the preload script and the main process must agree on; no imports, as the preload script is bundled alone. */

/** The page asks for the system's dialog. */
export const chooseSourceChannel = 'trugrade:choose-source';
