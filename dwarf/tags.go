package dwarf

import "strconv"

// Tag says what a debugging information entry describes (DWARF 5, 7.5.3).
type Tag uint16

const (
	TagArrayType                Tag = 0x0001
	TagClassType                Tag = 0x0002
	TagEntryPoint               Tag = 0x0003
	TagEnumerationType          Tag = 0x0004
	TagFormalParameter          Tag = 0x0005
	TagImportedDeclaration      Tag = 0x0008
	TagLabel                    Tag = 0x000a
	TagLexicalBlock             Tag = 0x000b
	TagMember                   Tag = 0x000d
	TagPointerType              Tag = 0x000f
	TagReferenceType            Tag = 0x0010
	TagCompileUnit              Tag = 0x0011
	TagStringType               Tag = 0x0012
	TagStructureType            Tag = 0x0013
	TagSubroutineType           Tag = 0x0015
	TagTypedef                  Tag = 0x0016
	TagUnionType                Tag = 0x0017
	TagUnspecifiedParameters    Tag = 0x0018
	TagVariant                  Tag = 0x0019
	TagCommonBlock              Tag = 0x001a
	TagCommonInclusion          Tag = 0x001b
	TagInheritance              Tag = 0x001c
	TagInlinedSubroutine        Tag = 0x001d
	TagModule                   Tag = 0x001e
	TagPtrToMemberType          Tag = 0x001f
	TagSetType                  Tag = 0x0020
	TagSubrangeType             Tag = 0x0021
	TagWithStmt                 Tag = 0x0022
	TagAccessDeclaration        Tag = 0x0023
	TagBaseType                 Tag = 0x0024
	TagCatchBlock               Tag = 0x0025
	TagConstType                Tag = 0x0026
	TagConstant                 Tag = 0x0027
	TagEnumerator               Tag = 0x0028
	TagFileType                 Tag = 0x0029
	TagFriend                   Tag = 0x002a
	TagNamelist                 Tag = 0x002b
	TagNamelistItem             Tag = 0x002c
	TagPackedType               Tag = 0x002d
	TagSubprogram               Tag = 0x002e
	TagTemplateTypeParameter    Tag = 0x002f
	TagTemplateValueParameter   Tag = 0x0030
	TagThrownType               Tag = 0x0031
	TagTryBlock                 Tag = 0x0032
	TagVariantPart              Tag = 0x0033
	TagVariable                 Tag = 0x0034
	TagVolatileType             Tag = 0x0035
	TagDwarfProcedure           Tag = 0x0036
	TagRestrictType             Tag = 0x0037
	TagInterfaceType            Tag = 0x0038
	TagNamespace                Tag = 0x0039
	TagImportedModule           Tag = 0x003a
	TagUnspecifiedType          Tag = 0x003b
	TagPartialUnit              Tag = 0x003c
	TagImportedUnit             Tag = 0x003d
	TagCondition                Tag = 0x003f
	TagSharedType               Tag = 0x0040
	TagTypeUnit                 Tag = 0x0041
	TagRvalueReferenceType      Tag = 0x0042
	TagTemplateAlias            Tag = 0x0043
	TagCoarrayType              Tag = 0x0044
	TagGenericSubrange          Tag = 0x0045
	TagDynamicType              Tag = 0x0046
	TagAtomicType               Tag = 0x0047
	TagCallSite                 Tag = 0x0048
	TagCallSiteParameter        Tag = 0x0049
	TagSkeletonUnit             Tag = 0x004a
	TagImmutableType            Tag = 0x004b
	TagFormatLabel              Tag = 0x4101
	TagFunctionTemplate         Tag = 0x4102
	TagClassTemplate            Tag = 0x4103
	TagGNUBINCL                 Tag = 0x4104
	TagGNUEINCL                 Tag = 0x4105
	TagGNUTemplateTemplateParam Tag = 0x4106
	TagGNUTemplateParameterPack Tag = 0x4107
	TagGNUFormalParameterPack   Tag = 0x4108
	TagGNUCallSite              Tag = 0x4109
	TagGNUCallSiteParameter     Tag = 0x410a
	TagAPPLEProperty            Tag = 0x4200
	TagLLVMPtrauthType          Tag = 0x4300
	TagLLVMAnnotation           Tag = 0x6000
)

var tagNames = map[Tag]string{
	TagArrayType:                "DW_TAG_array_type",
	TagClassType:                "DW_TAG_class_type",
	TagEntryPoint:               "DW_TAG_entry_point",
	TagEnumerationType:          "DW_TAG_enumeration_type",
	TagFormalParameter:          "DW_TAG_formal_parameter",
	TagImportedDeclaration:      "DW_TAG_imported_declaration",
	TagLabel:                    "DW_TAG_label",
	TagLexicalBlock:             "DW_TAG_lexical_block",
	TagMember:                   "DW_TAG_member",
	TagPointerType:              "DW_TAG_pointer_type",
	TagReferenceType:            "DW_TAG_reference_type",
	TagCompileUnit:              "DW_TAG_compile_unit",
	TagStringType:               "DW_TAG_string_type",
	TagStructureType:            "DW_TAG_structure_type",
	TagSubroutineType:           "DW_TAG_subroutine_type",
	TagTypedef:                  "DW_TAG_typedef",
	TagUnionType:                "DW_TAG_union_type",
	TagUnspecifiedParameters:    "DW_TAG_unspecified_parameters",
	TagVariant:                  "DW_TAG_variant",
	TagCommonBlock:              "DW_TAG_common_block",
	TagCommonInclusion:          "DW_TAG_common_inclusion",
	TagInheritance:              "DW_TAG_inheritance",
	TagInlinedSubroutine:        "DW_TAG_inlined_subroutine",
	TagModule:                   "DW_TAG_module",
	TagPtrToMemberType:          "DW_TAG_ptr_to_member_type",
	TagSetType:                  "DW_TAG_set_type",
	TagSubrangeType:             "DW_TAG_subrange_type",
	TagWithStmt:                 "DW_TAG_with_stmt",
	TagAccessDeclaration:        "DW_TAG_access_declaration",
	TagBaseType:                 "DW_TAG_base_type",
	TagCatchBlock:               "DW_TAG_catch_block",
	TagConstType:                "DW_TAG_const_type",
	TagConstant:                 "DW_TAG_constant",
	TagEnumerator:               "DW_TAG_enumerator",
	TagFileType:                 "DW_TAG_file_type",
	TagFriend:                   "DW_TAG_friend",
	TagNamelist:                 "DW_TAG_namelist",
	TagNamelistItem:             "DW_TAG_namelist_item",
	TagPackedType:               "DW_TAG_packed_type",
	TagSubprogram:               "DW_TAG_subprogram",
	TagTemplateTypeParameter:    "DW_TAG_template_type_parameter",
	TagTemplateValueParameter:   "DW_TAG_template_value_parameter",
	TagThrownType:               "DW_TAG_thrown_type",
	TagTryBlock:                 "DW_TAG_try_block",
	TagVariantPart:              "DW_TAG_variant_part",
	TagVariable:                 "DW_TAG_variable",
	TagVolatileType:             "DW_TAG_volatile_type",
	TagDwarfProcedure:           "DW_TAG_dwarf_procedure",
	TagRestrictType:             "DW_TAG_restrict_type",
	TagInterfaceType:            "DW_TAG_interface_type",
	TagNamespace:                "DW_TAG_namespace",
	TagImportedModule:           "DW_TAG_imported_module",
	TagUnspecifiedType:          "DW_TAG_unspecified_type",
	TagPartialUnit:              "DW_TAG_partial_unit",
	TagImportedUnit:             "DW_TAG_imported_unit",
	TagCondition:                "DW_TAG_condition",
	TagSharedType:               "DW_TAG_shared_type",
	TagTypeUnit:                 "DW_TAG_type_unit",
	TagRvalueReferenceType:      "DW_TAG_rvalue_reference_type",
	TagTemplateAlias:            "DW_TAG_template_alias",
	TagCoarrayType:              "DW_TAG_coarray_type",
	TagGenericSubrange:          "DW_TAG_generic_subrange",
	TagDynamicType:              "DW_TAG_dynamic_type",
	TagAtomicType:               "DW_TAG_atomic_type",
	TagCallSite:                 "DW_TAG_call_site",
	TagCallSiteParameter:        "DW_TAG_call_site_parameter",
	TagSkeletonUnit:             "DW_TAG_skeleton_unit",
	TagImmutableType:            "DW_TAG_immutable_type",
	TagFormatLabel:              "DW_TAG_format_label",
	TagFunctionTemplate:         "DW_TAG_function_template",
	TagClassTemplate:            "DW_TAG_class_template",
	TagGNUBINCL:                 "DW_TAG_GNU_BINCL",
	TagGNUEINCL:                 "DW_TAG_GNU_EINCL",
	TagGNUTemplateTemplateParam: "DW_TAG_GNU_template_template_param",
	TagGNUTemplateParameterPack: "DW_TAG_GNU_template_parameter_pack",
	TagGNUFormalParameterPack:   "DW_TAG_GNU_formal_parameter_pack",
	TagGNUCallSite:              "DW_TAG_GNU_call_site",
	TagGNUCallSiteParameter:     "DW_TAG_GNU_call_site_parameter",
	TagAPPLEProperty:            "DW_TAG_APPLE_property",
	TagLLVMPtrauthType:          "DW_TAG_LLVM_ptrauth_type",
	TagLLVMAnnotation:           "DW_TAG_LLVM_annotation",
}

// String returns the standard name, or "DW_TAG_0x…" for an unknown number.
func (x Tag) String() string {
	if s, ok := tagNames[x]; ok {
		return s
	}
	return "DW_TAG_0x" + strconv.FormatUint(uint64(x), 16)
}
