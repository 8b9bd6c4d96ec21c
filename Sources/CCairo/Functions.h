// Every function of Cairo, Pango and GObject that is used: FORWARD(result, name, parameters, arguments ...).
// Included once for each thing that is made of the list, so without a guard.

FORWARD(void, cairo_arc, (cairo_t *cr, double xc, double yc, double radius, double angle1, double angle2),
  cr, xc, yc, radius, angle1, angle2)
FORWARD(void, cairo_clip, (cairo_t *cr), cr)
FORWARD(void, cairo_close_path, (cairo_t *cr), cr)
FORWARD(cairo_t *, cairo_create, (cairo_surface_t *target), target)
FORWARD(void, cairo_destroy, (cairo_t *cr), cr)
FORWARD(void, cairo_fill, (cairo_t *cr), cr)
FORWARD(cairo_pattern_t *, cairo_get_source, (cairo_t *cr), cr)
FORWARD(cairo_surface_t *, cairo_image_surface_create, (cairo_format_t format, int width, int height),
  format, width, height)
FORWARD(unsigned char *, cairo_image_surface_get_data, (cairo_surface_t *surface), surface)
FORWARD(int, cairo_image_surface_get_stride, (cairo_surface_t *surface), surface)
FORWARD(void, cairo_line_to, (cairo_t *cr, double x, double y), cr, x, y)
FORWARD(void, cairo_move_to, (cairo_t *cr, double x, double y), cr, x, y)
FORWARD(void, cairo_new_path, (cairo_t *cr), cr)
FORWARD(void, cairo_paint, (cairo_t *cr), cr)
FORWARD(void, cairo_pattern_set_extend, (cairo_pattern_t *pattern, cairo_extend_t extend), pattern, extend)
FORWARD(cairo_surface_t *, cairo_recording_surface_create,
  (cairo_content_t content, const cairo_rectangle_t *extents), content, extents)
FORWARD(void, cairo_rectangle, (cairo_t *cr, double x, double y, double width, double height),
  cr, x, y, width, height)
FORWARD(void, cairo_restore, (cairo_t *cr), cr)
FORWARD(void, cairo_rotate, (cairo_t *cr, double angle), cr, angle)
FORWARD(void, cairo_save, (cairo_t *cr), cr)
FORWARD(void, cairo_scale, (cairo_t *cr, double sx, double sy), cr, sx, sy)
FORWARD(void, cairo_set_dash, (cairo_t *cr, const double *dashes, int num_dashes, double offset),
  cr, dashes, num_dashes, offset)
FORWARD(void, cairo_set_line_cap, (cairo_t *cr, cairo_line_cap_t line_cap), cr, line_cap)
FORWARD(void, cairo_set_line_join, (cairo_t *cr, cairo_line_join_t line_join), cr, line_join)
FORWARD(void, cairo_set_line_width, (cairo_t *cr, double width), cr, width)
FORWARD(void, cairo_set_source_rgba, (cairo_t *cr, double red, double green, double blue, double alpha),
  cr, red, green, blue, alpha)
FORWARD(void, cairo_set_source_surface, (cairo_t *cr, cairo_surface_t *surface, double x, double y),
  cr, surface, x, y)
FORWARD(void, cairo_stroke, (cairo_t *cr), cr)
FORWARD(void, cairo_surface_destroy, (cairo_surface_t *surface), surface)
FORWARD(void, cairo_surface_finish, (cairo_surface_t *surface), surface)
FORWARD(void, cairo_surface_flush, (cairo_surface_t *surface), surface)
FORWARD(void, cairo_surface_mark_dirty, (cairo_surface_t *surface), surface)
FORWARD(cairo_surface_t *, cairo_svg_surface_create_for_stream,
  (cairo_write_func_t write_func, void *closure, double width_in_points, double height_in_points),
  write_func, closure, width_in_points, height_in_points)
FORWARD(void, cairo_svg_surface_set_document_unit, (cairo_surface_t *surface, cairo_svg_unit_t unit), surface, unit)
FORWARD(void, cairo_translate, (cairo_t *cr, double tx, double ty), cr, tx, ty)

FORWARD(void, g_object_unref, (void *object), object)
FORWARD(PangoLayout *, pango_cairo_create_layout, (cairo_t *cr), cr)
FORWARD(void, pango_cairo_show_layout, (cairo_t *cr, PangoLayout *layout), cr, layout)
FORWARD(void, pango_font_description_free, (PangoFontDescription *desc), desc)
FORWARD(PangoFontDescription *, pango_font_description_new, (void))
FORWARD(void, pango_font_description_set_absolute_size, (PangoFontDescription *desc, double size), desc, size)
FORWARD(void, pango_font_description_set_family, (PangoFontDescription *desc, const char *family), desc, family)
FORWARD(void, pango_font_description_set_weight, (PangoFontDescription *desc, unsigned int weight), desc, weight)
FORWARD(void, pango_layout_get_size, (PangoLayout *layout, int *width, int *height), layout, width, height)
FORWARD(void, pango_layout_set_ellipsize, (PangoLayout *layout, unsigned int ellipsize), layout, ellipsize)
FORWARD(void, pango_layout_set_font_description, (PangoLayout *layout, const PangoFontDescription *desc),
  layout, desc)
FORWARD(void, pango_layout_set_line_spacing, (PangoLayout *layout, float factor), layout, factor)
FORWARD(void, pango_layout_set_markup, (PangoLayout *layout, const char *markup, int length), layout, markup, length)
FORWARD(void, pango_layout_set_single_paragraph_mode, (PangoLayout *layout, int setting), layout, setting)
FORWARD(void, pango_layout_set_text, (PangoLayout *layout, const char *text, int length), layout, text, length)
FORWARD(void, pango_layout_set_width, (PangoLayout *layout, int width), layout, width)
