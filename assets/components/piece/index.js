// @ts-check
import { mounted } from "../kit/mount.js";
import { Piece } from "./piece.js";

export default mounted(Piece, { selector: ".piece" });
