/** React's types lack the attribute that lets a file input choose a folder. */
import 'react';

declare module 'react' {
  interface InputHTMLAttributes<T> {
    webkitdirectory?: T extends HTMLInputElement ? '' : never;
  }
}
