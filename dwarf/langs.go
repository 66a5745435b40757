package dwarf

import "strconv"

// Lang is a source language (DWARF 5, 7.12, and the registry of later codes).
type Lang uint16

const (
	LangC89                Lang = 0x0001
	LangC                  Lang = 0x0002
	LangAda83              Lang = 0x0003
	LangCPlusPlus          Lang = 0x0004
	LangCobol74            Lang = 0x0005
	LangCobol85            Lang = 0x0006
	LangFortran77          Lang = 0x0007
	LangFortran90          Lang = 0x0008
	LangPascal83           Lang = 0x0009
	LangModula2            Lang = 0x000a
	LangJava               Lang = 0x000b
	LangC99                Lang = 0x000c
	LangAda95              Lang = 0x000d
	LangFortran95          Lang = 0x000e
	LangPLI                Lang = 0x000f
	LangObjC               Lang = 0x0010
	LangObjCPlusPlus       Lang = 0x0011
	LangUPC                Lang = 0x0012
	LangD                  Lang = 0x0013
	LangPython             Lang = 0x0014
	LangOpenCL             Lang = 0x0015
	LangGo                 Lang = 0x0016
	LangModula3            Lang = 0x0017
	LangHaskell            Lang = 0x0018
	LangCPlusPlus03        Lang = 0x0019
	LangCPlusPlus11        Lang = 0x001a
	LangOCaml              Lang = 0x001b
	LangRust               Lang = 0x001c
	LangC11                Lang = 0x001d
	LangSwift              Lang = 0x001e
	LangJulia              Lang = 0x001f
	LangDylan              Lang = 0x0020
	LangCPlusPlus14        Lang = 0x0021
	LangFortran03          Lang = 0x0022
	LangFortran08          Lang = 0x0023
	LangRenderScript       Lang = 0x0024
	LangBLISS              Lang = 0x0025
	LangKotlin             Lang = 0x0026
	LangZig                Lang = 0x0027
	LangCrystal            Lang = 0x0028
	LangCPlusPlus17        Lang = 0x002a
	LangCPlusPlus20        Lang = 0x002b
	LangC17                Lang = 0x002c
	LangFortran18          Lang = 0x002d
	LangAda2005            Lang = 0x002e
	LangAda2012            Lang = 0x002f
	LangHIP                Lang = 0x0030
	LangAssembly           Lang = 0x0031
	LangCSharp             Lang = 0x0032
	LangMojo               Lang = 0x0033
	LangGLSL               Lang = 0x0034
	LangGLSLES             Lang = 0x0035
	LangHLSL               Lang = 0x0036
	LangOpenCLCPP          Lang = 0x0037
	LangCPPForOpenCL       Lang = 0x0038
	LangSYCL               Lang = 0x0039
	LangMetal              Lang = 0x003d
	LangRuby               Lang = 0x0040
	LangMove               Lang = 0x0041
	LangHylo               Lang = 0x0042
	LangMipsAssembler      Lang = 0x8001
	LangGOOGLERenderScript Lang = 0x8e57
	LangBORLANDDelphi      Lang = 0xb000
	LangRustOld            Lang = 0x9000
)

var langNames = map[Lang]string{
	LangC89:                "DW_LANG_C89",
	LangC:                  "DW_LANG_C",
	LangAda83:              "DW_LANG_Ada83",
	LangCPlusPlus:          "DW_LANG_C_plus_plus",
	LangCobol74:            "DW_LANG_Cobol74",
	LangCobol85:            "DW_LANG_Cobol85",
	LangFortran77:          "DW_LANG_Fortran77",
	LangFortran90:          "DW_LANG_Fortran90",
	LangPascal83:           "DW_LANG_Pascal83",
	LangModula2:            "DW_LANG_Modula2",
	LangJava:               "DW_LANG_Java",
	LangC99:                "DW_LANG_C99",
	LangAda95:              "DW_LANG_Ada95",
	LangFortran95:          "DW_LANG_Fortran95",
	LangPLI:                "DW_LANG_PLI",
	LangObjC:               "DW_LANG_ObjC",
	LangObjCPlusPlus:       "DW_LANG_ObjC_plus_plus",
	LangUPC:                "DW_LANG_UPC",
	LangD:                  "DW_LANG_D",
	LangPython:             "DW_LANG_Python",
	LangOpenCL:             "DW_LANG_OpenCL",
	LangGo:                 "DW_LANG_Go",
	LangModula3:            "DW_LANG_Modula3",
	LangHaskell:            "DW_LANG_Haskell",
	LangCPlusPlus03:        "DW_LANG_C_plus_plus_03",
	LangCPlusPlus11:        "DW_LANG_C_plus_plus_11",
	LangOCaml:              "DW_LANG_OCaml",
	LangRust:               "DW_LANG_Rust",
	LangC11:                "DW_LANG_C11",
	LangSwift:              "DW_LANG_Swift",
	LangJulia:              "DW_LANG_Julia",
	LangDylan:              "DW_LANG_Dylan",
	LangCPlusPlus14:        "DW_LANG_C_plus_plus_14",
	LangFortran03:          "DW_LANG_Fortran03",
	LangFortran08:          "DW_LANG_Fortran08",
	LangRenderScript:       "DW_LANG_RenderScript",
	LangBLISS:              "DW_LANG_BLISS",
	LangKotlin:             "DW_LANG_Kotlin",
	LangZig:                "DW_LANG_Zig",
	LangCrystal:            "DW_LANG_Crystal",
	LangCPlusPlus17:        "DW_LANG_C_plus_plus_17",
	LangCPlusPlus20:        "DW_LANG_C_plus_plus_20",
	LangC17:                "DW_LANG_C17",
	LangFortran18:          "DW_LANG_Fortran18",
	LangAda2005:            "DW_LANG_Ada2005",
	LangAda2012:            "DW_LANG_Ada2012",
	LangHIP:                "DW_LANG_HIP",
	LangAssembly:           "DW_LANG_Assembly",
	LangCSharp:             "DW_LANG_C_sharp",
	LangMojo:               "DW_LANG_Mojo",
	LangGLSL:               "DW_LANG_GLSL",
	LangGLSLES:             "DW_LANG_GLSL_ES",
	LangHLSL:               "DW_LANG_HLSL",
	LangOpenCLCPP:          "DW_LANG_OpenCL_CPP",
	LangCPPForOpenCL:       "DW_LANG_CPP_for_OpenCL",
	LangSYCL:               "DW_LANG_SYCL",
	LangMetal:              "DW_LANG_Metal",
	LangRuby:               "DW_LANG_Ruby",
	LangMove:               "DW_LANG_Move",
	LangHylo:               "DW_LANG_Hylo",
	LangMipsAssembler:      "DW_LANG_Mips_Assembler",
	LangGOOGLERenderScript: "DW_LANG_GOOGLE_RenderScript",
	LangBORLANDDelphi:      "DW_LANG_BORLAND_Delphi",
	LangRustOld:            "DW_LANG_Rust_old",
}

// String returns the standard name, or "DW_LANG_0x…" for an unknown number.
func (x Lang) String() string {
	if s, ok := langNames[x]; ok {
		return s
	}
	return "DW_LANG_0x" + strconv.FormatUint(uint64(x), 16)
}
