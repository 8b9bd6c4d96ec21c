#pragma once
#include <cairo/cairo.h>
#include <cairo/cairo-svg.h>

// Opens Cairo and Pango, which has to come before every other call. Returns NULL, or why they cannot
// be opened: a text that lives for ever. Any thread may call it, any number of times.
const char *ccairo_open(void);

// The few functions of Pango that lay text out, declared here as in its documentation. Its own
// headers need the compiler flags of pangocairo.pc, among them -pthread, which SwiftPM refuses with
// a warning on every build.
typedef struct _PangoLayout PangoLayout;
typedef struct _PangoFontDescription PangoFontDescription;
typedef struct _PangoContext PangoContext;

PangoLayout *pango_cairo_create_layout(cairo_t *cr);
void pango_cairo_show_layout(cairo_t *cr, PangoLayout *layout);
void pango_layout_set_text(PangoLayout *layout, const char *text, int length);
void pango_layout_set_markup(PangoLayout *layout, const char *markup, int length);
void pango_layout_set_line_spacing(PangoLayout *layout, float factor);
void pango_layout_set_font_description(PangoLayout *layout, const PangoFontDescription *desc);
void pango_layout_set_width(PangoLayout *layout, int width);
void pango_layout_set_ellipsize(PangoLayout *layout, unsigned int ellipsize);
void pango_layout_set_single_paragraph_mode(PangoLayout *layout, int setting);
void pango_layout_get_size(PangoLayout *layout, int *width, int *height);

PangoFontDescription *pango_font_description_new(void);
void pango_font_description_free(PangoFontDescription *desc);
void pango_font_description_set_family(PangoFontDescription *desc, const char *family);
void pango_font_description_set_weight(PangoFontDescription *desc, unsigned int weight);
void pango_font_description_set_absolute_size(PangoFontDescription *desc, double size);

void g_object_unref(void *object);
