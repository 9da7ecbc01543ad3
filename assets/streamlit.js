/* What our scripts look for on a page that Streamlit draws. It promises none of these names; a test looks for each
   in its program. Style sheets have names of their own (ui/streamlits.py says which). */
const STREAMLIT = {
  app: ".stApp", // all that it draws; says how the run and the connection are, and whether colours are dark
  run: "data-test-script-state", // "notRunning" when a page is drawn to its end; nothing else tells a script
  done: "notRunning",
  connection: "data-test-connection-state", // Streamlit says nothing where no WebSocket gets through
  connected: "CONNECTED",
  skeleton: '[data-testid="stSkeleton"]', // stands where an element waits for its program

  main: ".stMain", // the box that scrolls, in the window's place
  block: ".stMainBlockContainer", // the lesson, as wide as it is drawn
  sidebar: ".stSidebar", // the menu of lessons
  bar: ".stAppHeader",
  link: '[data-testid="stPageLink-NavLink"]', // to a lesson; the open one is marked for eyes alone

  prose: ".stMarkdown",
  formula: ".katex-display",
  code: ".stCode", // can be reached by keys, without a name
  cells: ".stDataFrame", // a canvas without a name
  slider: ".stSlider", // holds a finger that means the page
  fields: ".stNumberInput, .stSelectbox", // have buttons without the field's name

  onTop: "reactAriaTopLayer", // as data-: seen by screen readers while a dialog is open
};
