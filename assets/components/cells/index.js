// @ts-check
import { mounted } from "../kit/mount.js";
import { Cells } from "./cells.js";

export default mounted(Cells, { selector: ".drag", trigger: "commit" });
