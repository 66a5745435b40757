package info

import "sphex/dwarf"

// Class is the class of a value (DWARF 5, 7.5.5).
type Class uint8

const (
	ClassUnknown  Class = iota
	ClassAddress        // Value.Addr
	ClassBlock          // Value.Block
	ClassConstant       // Value.Uint, Int, SignExtended; Block for 16 bytes
	ClassExpr           // Value.Expr: exprloc, or a block where older versions have expressions
	ClassFlag           // Value.Flag
	ClassRef            // Value.Ref: an entry
	ClassString         // Value.Str
	ClassOffset         // Value.SecOffset: line table, list, macros, bases
	ClassAlt            // an entry or string of a supplementary file, which is not read here
)

// Class says which methods read the value.
func (v Value) Class() Class {
	switch v.Form {
	case dwarf.FormAddr, dwarf.FormAddrx, dwarf.FormAddrx1, dwarf.FormAddrx2, dwarf.FormAddrx3,
		dwarf.FormAddrx4, dwarf.FormGNUAddrIndex, dwarf.FormLLVMAddrxOffset:
		return ClassAddress
	case dwarf.FormBlock, dwarf.FormBlock1, dwarf.FormBlock2, dwarf.FormBlock4:
		if isExpr(v.Attr) {
			return ClassExpr
		}
		return ClassBlock
	case dwarf.FormExprloc:
		return ClassExpr
	case dwarf.FormData4, dwarf.FormData8:
		if v.unit != nil && v.unit.Version < 4 && isOffset(v.Attr) {
			return ClassOffset
		}
		return ClassConstant
	case dwarf.FormData1, dwarf.FormData2, dwarf.FormData16, dwarf.FormSdata, dwarf.FormUdata, dwarf.FormImplicitConst:
		return ClassConstant
	case dwarf.FormFlag, dwarf.FormFlagPresent:
		return ClassFlag
	case dwarf.FormRef1, dwarf.FormRef2, dwarf.FormRef4, dwarf.FormRef8, dwarf.FormRefUdata,
		dwarf.FormRefAddr, dwarf.FormRefSig8:
		return ClassRef
	case dwarf.FormString, dwarf.FormStrp, dwarf.FormLineStrp, dwarf.FormStrx, dwarf.FormStrx1,
		dwarf.FormStrx2, dwarf.FormStrx3, dwarf.FormStrx4, dwarf.FormGNUStrIndex:
		return ClassString
	case dwarf.FormSecOffset, dwarf.FormLoclistx, dwarf.FormRnglistx:
		return ClassOffset
	case dwarf.FormRefSup4, dwarf.FormRefSup8, dwarf.FormStrpSup, dwarf.FormGNURefAlt, dwarf.FormGNUStrpAlt:
		return ClassAlt
	}
	return ClassUnknown
}

// isExpr reports whether a block of the attribute is an expression: before version 4 there
// was no exprloc.
func isExpr(a dwarf.Attr) bool {
	switch a {
	case dwarf.AttrLocation, dwarf.AttrFrameBase, dwarf.AttrDataMemberLocation, dwarf.AttrReturnAddr,
		dwarf.AttrStaticLink, dwarf.AttrUseLocation, dwarf.AttrStringLength, dwarf.AttrVtableElemLocation,
		dwarf.AttrSegment, dwarf.AttrByteSize, dwarf.AttrBitSize, dwarf.AttrBitOffset, dwarf.AttrLowerBound,
		dwarf.AttrUpperBound, dwarf.AttrCount, dwarf.AttrByteStride, dwarf.AttrBitStride, dwarf.AttrAllocated,
		dwarf.AttrAssociated, dwarf.AttrDataLocation, dwarf.AttrCallValue, dwarf.AttrCallDataValue,
		dwarf.AttrCallDataLocation, dwarf.AttrCallTarget, dwarf.AttrCallTargetClobbered,
		dwarf.AttrGNUCallSiteValue, dwarf.AttrGNUCallSiteDataValue, dwarf.AttrGNUCallSiteTarget,
		dwarf.AttrGNUCallSiteTargetClobbered, dwarf.AttrRank:
		return true
	}
	return false
}

// isOffset reports whether data4 and data8 of the attribute are offsets into another
// section: before version 4 there was no sec_offset.
func isOffset(a dwarf.Attr) bool {
	switch a {
	case dwarf.AttrLocation, dwarf.AttrFrameBase, dwarf.AttrStmtList, dwarf.AttrRanges, dwarf.AttrMacroInfo,
		dwarf.AttrStartScope, dwarf.AttrStringLength, dwarf.AttrDataMemberLocation, dwarf.AttrReturnAddr,
		dwarf.AttrSegment, dwarf.AttrStaticLink, dwarf.AttrUseLocation, dwarf.AttrVtableElemLocation,
		dwarf.AttrGNUMacros, dwarf.AttrGNULocviews, dwarf.AttrGNURangesBase, dwarf.AttrGNUAddrBase:
		return true
	}
	return false
}
