/** The fonts that pdfkit ships beside its browser build; @types/pdfkit does not know them. */
declare module 'pdfkit/standard-fonts/*' {
  const font: unknown;

  // biome-ignore lint/style/noDefaultExport: that is how pdfkit exports them
  export { font as default };
}
