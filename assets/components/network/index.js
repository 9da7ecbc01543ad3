// @ts-check
import { mounted } from "../kit/mount.js";
import { Diagram } from "./diagram.js";

export default mounted(Diagram, { selector: ".network", trigger: "node" });
