// What edit.js needs of CodeMirror 6, as one module.
export {EditorView, keymap, lineNumbers, drawSelection, highlightActiveLine, hoverTooltip} from "@codemirror/view";
export {EditorState} from "@codemirror/state";
export {defaultKeymap, history, historyField, historyKeymap, indentWithTab} from "@codemirror/commands";
export {autocompletion, completionKeymap} from "@codemirror/autocomplete";
export {bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, indentUnit, syntaxHighlighting} from "@codemirror/language";
export {lintGutter, lintKeymap, setDiagnostics} from "@codemirror/lint";
export {highlightSelectionMatches, searchKeymap} from "@codemirror/search";
export {yaml} from "@codemirror/lang-yaml";
